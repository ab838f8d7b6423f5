// What `docs` found and wrote: the one shape of its JSON.
export interface DocsFile {
  readonly file: string;
  readonly change: 'create' | 'update' | 'delete';
  /** Lines that are not empty. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface DocsTarget {
  readonly name: string;
  /** null: dbt does not build it. */
  readonly node: string | null;
  /** null: dbt has to do with none of the tables. */
  readonly exposure: string | null;
  /** Where its columns are told, from the folder of the dbt project; null: nowhere. */
  readonly file: string | null;
  readonly columns: number;
  /** What is not told, and why. */
  readonly left: readonly string[];
}

interface LeftFile {
  readonly file: string;
  readonly reason: string;
}

export interface DocsReport {
  readonly schema: 'tidemark/docs/1';
  readonly project: string;
  readonly environment: string;
  readonly action: 'write' | 'remove';
  /** `different`: the files are not as they would be written, and were left so. */
  readonly status: 'current' | 'different' | 'written';
  readonly files: readonly DocsFile[];
  /** Left as they are, though lines of ours stand in them or belong there. */
  readonly left: readonly LeftFile[];
  readonly targets: readonly DocsTarget[];
}
