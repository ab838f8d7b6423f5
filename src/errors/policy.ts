// What each error code means for whoever started us: the exit status, and whether trying again may help.

export interface Policy {
  readonly exit: 0 | 1 | 2 | 3 | 4 | 5 | 6;
  readonly retryable: boolean;
}

const failed = (retryable: boolean): Policy => ({ exit: 1, retryable });
const usage: Policy = { exit: 2, retryable: false };
const differs: Policy = { exit: 3, retryable: false };
const busy: Policy = { exit: 4, retryable: true };
const refused: Policy = { exit: 5, retryable: false };
const behind: Policy = { exit: 6, retryable: true };
const notice: Policy = { exit: 0, retryable: false };

/** Complete: a code that is not listed here does not compile. */
const policies = {
  // wrong usage, project file or dictionary
  usage,
  project_not_found: usage,
  project_invalid: usage,
  yaml_syntax: usage,
  unknown_key: usage,
  duplicate_key: usage,
  missing_key: usage,
  wrong_type: usage,
  missing_variable: usage,
  unknown_environment: usage,
  environment_mismatch: usage,
  profile_invalid: usage,
  manifest_invalid: usage,
  unknown_node: usage,
  no_sources: usage,
  unknown_source: usage,
  unknown_target: usage,
  unknown_table: usage,
  unknown_column: usage,
  unknown_alias: usage,
  duplicate_mapping: usage,
  duplicate_name: usage,
  alias_hides_source: usage,
  unqualified_column: usage,
  invalid_expression: usage,
  volatile_expression: usage,
  reads_own_column: usage,
  unsettled_column: usage,
  target_cycle: usage,
  key_not_mapped: usage,
  key_not_of_grain: usage,
  join_missing: usage,
  join_cycle: usage,
  aggregate_misplaced: usage,
  many_outside_aggregate: usage,
  fan_out: usage,
  unordered_aggregate: usage,
  type_mismatch: usage,
  unmapped_not_null: usage,
  test_failed: usage,
  catalog_unreadable: usage,
  catalog_missing: notice,
  not_compiled: usage,
  compiled_incrementally: usage,
  model_unreadable: usage,
  compared_in_full: notice,
  set_unmapped: usage,
  not_redactable: usage,
  not_supported: usage,
  unknown_batch: usage,
  already_undone: usage,
  not_undoable: usage,
  dictionary_invalid: usage,
  plan_unreadable: usage,
  revision_unreadable: usage,
  import_unreadable: usage,
  older_versions_unreadable: usage,
  older_versions_refused: usage,
  database_too_new: usage,
  driver_missing: usage,
  state_newer: usage,
  state_torn: usage,
  // differences
  plan_stale: differs,
  undo_conflicts: differs,
  undo_unproved: differs,
  // somebody else is at work
  lease_held: busy,
  file_locked: busy,
  // the warehouse
  connection_failed: failed(true),
  connection_lost: failed(true),
  authentication_failed: failed(false),
  permission_denied: failed(false),
  database_missing: failed(false),
  disk_full: failed(true),
  out_of_memory: failed(true),
  statement_timeout: failed(true),
  lock_timeout: failed(true),
  serialization_failure: failed(true),
  deadlock: failed(true),
  write_conflict: failed(true),
  commit_unknown: failed(true),
  lease_lost: failed(true),
  interrupted: failed(true),
  sql_failed: failed(false),
  internal: failed(false),
  // refused by a guard: a person decides
  null_key: refused,
  duplicate_row: refused,
  ambiguous_lookup: refused,
  duplicate_target_key: refused,
  null_target_key: refused,
  value_does_not_fit: refused,
  expression_failed: refused,
  constraint_violated: refused,
  adopt: refused,
  guard_deletes: refused,
  guard_touched: refused,
  guard_empty: refused,
  check_failed: refused,
  time_went_back: refused,
  source_missing: refused,
  source_changed: refused,
  event_rejected: refused,
  log_rewound: refused,
  upstream_behind: refused,
  target_missing: refused,
  target_changed: refused,
  column_held: refused,
  // failed and stays behind, the rest was committed
  source_failed: behind,
  source_stale: behind,
  not_ready: behind,
  paused: behind,
  set_back: behind,
  target_failed: behind,
  written_meanwhile: behind,
  reconciling: behind,
  // said beside a batch that went well
  late_rows: notice,
  events_set_aside: notice,
  versions_passed_over: notice,
  mapping_changed: notice,
  mirror_changed: notice,
  mirror_rebuilt: notice,
  column_added: notice,
  column_vanished: notice,
  column_renamed: notice,
  column_retyped: notice,
  import_not_placed: notice,
} as const satisfies Record<string, Policy>;

export type ErrorCode = keyof typeof policies;

export const policyOf = (code: ErrorCode): Policy => policies[code];

export const errorCodes = Object.keys(policies) as readonly ErrorCode[];
