// The table of ours that keeps what is needed of a log's events (detect/log/log-state.ts).
import { createHash } from 'node:crypto';
import type { SchemaName } from '../project/project.ts';
import type { TableName } from '../sql/table-name.ts';

/** Postgres cuts names at 63 bytes. */
const longestName = 60;

/** Under the name of its source, or a hash of a long one. */
export const logStateTable = (schema: SchemaName, source: string): TableName => {
  const name = `folded_${source}`;
  if (new TextEncoder().encode(name).length <= longestName) return { ...schema, name };
  return { ...schema, name: `folded_${createHash('sha256').update(source).digest('hex').slice(0, 16)}` };
};
