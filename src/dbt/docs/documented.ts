// What dbt's docs are told of a target: of what its columns are made, and where that is said.
import type { DbtNode } from '../manifest.ts';

export interface DocumentedColumn {
  readonly name: string;
  readonly description: string;
  /** `companies.name`: what it is made of. */
  readonly from: readonly string[];
  /** None where it is a column as it stands. */
  readonly expression: string | undefined;
}

export interface DocumentedTarget {
  readonly name: string;
  /** None: dbt does not build it. */
  readonly node: DbtNode | undefined;
  readonly columns: readonly DocumentedColumn[];
  /** The nodes of dbt that it is kept in step with. */
  readonly reads: readonly DbtNode[];
  /** The mapping file, from the project's folder. */
  readonly mapping: string;
  readonly description: string | undefined;
  readonly owner: string | undefined;
}

/** Since 1.10 what dbt calls `meta` belongs under `config`; before, columns had no `config`. */
export const metaBelow = (version: string): 'config' | 'node' => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || minor >= 10 ? 'config' : 'node';
};

/** dbt renders texts of its YAML: what looks like Jinja must not. */
export const plainText = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\{(?=[{%#])/g, '{ ')
    .trim();

/** Of one line, as JSON and YAML both write it. */
export const inline = (value: unknown): string => JSON.stringify(value);

export const columnMeta = (
  { from, expression }: DocumentedColumn,
  mapping: string,
): Readonly<Record<string, unknown>> => ({
  from,
  ...(expression === undefined ? {} : { expression: plainText(expression) }),
  mapping,
});
