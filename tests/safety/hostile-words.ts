// What people, loaders and attackers write where a name or a value is asked for.

/** Postgres cuts names at 63 bytes: these are shorter, the long one by one byte. */
export const names = [
  `x"; drop table staging.victim; --`,
  `x'; drop table staging.victim; --`,
  `x'); drop table staging.victim; --`,
  `$1`,
  `$$; drop table staging.victim; $$`,
  `a""b`,
  `back\\slash\\'`,
  `select`,
  `with space. and dot`,
  `tab\tand\nline`,
  `ünïcødé 名前 🙂`,
  `rtl \u202Eevil`,
  `% s %s {0} \${HOME} {{ jinja }} {state}`,
  `/* comment`,
  `-- comment`,
  `?`,
  `:name`,
  'n'.repeat(62),
] as const;

/** Values as rows of the sources, as keys too. */
export const values = [
  ...names,
  '',
  'NULL',
  `\\0`,
  `{"json": "'"}`,
  `\u0001\u0007`,
  `'`.repeat(200),
  `"`.repeat(200),
  'v'.repeat(10_000),
];

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A text of JSON is one of YAML. */
export const yaml = (value: string): string => JSON.stringify(value);

/** `${` is the project file's own language for variables. */
export const withoutVariables = (value: string): string => value.replaceAll('${', '$ {');

/** Every nth, so that all calls together meet all words. */
export const share = <T>(all: readonly T[], place: number, of: number): readonly T[] =>
  all.filter((_each, index) => (index + place) % of === 0);
