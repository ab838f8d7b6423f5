// Reads the sample dictionary naively: one SELECT per mapping, cast to the types of the table that dbt declares.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface JoinSpec {
  readonly on: string;
  readonly source?: string;
  readonly type?: string;
  readonly many?: boolean;
}

export interface Mapping {
  readonly target: string;
  readonly key: string | readonly string[];
  readonly from?: string;
  readonly join?: Readonly<Record<string, string | JoinSpec>>;
  readonly where?: string;
  readonly columns: Readonly<Record<string, string>>;
  /** Rows are versions: no SELECT over what is there now yields them. */
  readonly history?: { readonly surrogate_key: string };
  readonly tests?: readonly { readonly name: string; readonly expect: readonly unknown[] }[];
}

const FOLDER = new URL('../../mappings/', import.meta.url);

export const readMappings = (): readonly Mapping[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yml') && file !== 'sources.yml')
    .map((file) => parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Mapping);

const relation = (name: string, marts: string): string =>
  name.startsWith('fact_') ? `${marts}.${name}` : `staging.${name}`;

/** The rows that the mapping stands for; `typeOf` gives the declared type of a column. */
export const mappingSelect = (
  mapping: Mapping,
  marts: string,
  typeOf: (column: string) => string,
): string => {
  const root =
    mapping.from === undefined
      ? `${marts}.${mapping.target} as this`
      : `staging.${mapping.from} as ${mapping.from}`;
  const joins = Object.entries(mapping.join ?? {}).map(([alias, spec]) => {
    const { on, source = alias, type = 'left' } = typeof spec === 'string' ? { on: spec } : spec;
    return `${type} join ${relation(source, marts)} as ${alias} on ${on}`;
  });
  const columns = Object.entries(mapping.columns).map(
    ([column, expression]) => `cast(${expression} as ${typeOf(column)}) as ${column}`,
  );
  const where = mapping.where === undefined ? '' : `where ${mapping.where}`;
  const many = Object.values(mapping.join ?? {}).some(
    (spec) => typeof spec !== 'string' && spec.many === true,
  );
  const keys = [mapping.key].flat().map((column) => mapping.columns[column] ?? '');
  const groups = many ? `group by ${keys.join(', ')}` : '';
  return `select ${columns.join(', ')} from ${root} ${joins.join(' ')} ${where} ${groups}`;
};
