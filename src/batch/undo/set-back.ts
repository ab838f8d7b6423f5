// What an undo from the audit did to a target that its mapping would not have done.

/** What of a target others decide from now on than its mapping. */
export interface SetBack {
  readonly columns: readonly string[];
  /** Rows came or went. */
  readonly rows: boolean;
}
