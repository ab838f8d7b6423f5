// A fact: the rows of the affected keys as they should be, and one MERGE that writes what differs. Cells are compared NULL-safe;
// a key that should have two rows is refused before anything is written.
import type { MappedColumn, Target } from '../dictionary/dictionary.ts';
import { aliasesIn } from '../dictionary/references.ts';
import { everyKey, findAffected, keyValues, noKeys } from './affected-keys.ts';
import { fromClause, isPresent, type Reading } from './from-clause.ts';
import {
  affectedTable,
  applyRoutine,
  desiredTable,
  parseRoutine,
  positionTable,
  reconcileRoutine,
  sameKeys,
} from './objects.ts';
import { advance } from './position.ts';
import type { PipelineSettings, Routine, Step } from './pipeline.ts';
import { at, expressionText, indented, listed, literal, quoted, quotedTable } from './quote.ts';

const keyNamesOf = (target: Target): readonly string[] => target.key.map(({ name }) => name);

/** Columns of the desired rows: the key, the mapped columns, and which cells keep what the target holds. */
export const desiredColumns = (
  target: Target,
): readonly { readonly name: string; readonly type: string }[] => {
  const keys = target.key.filter(({ name }) => !target.columns.some((column) => column.name === name));
  return [...keys, ...target.columns].map(({ name, type }) => ({ name, type }));
};

/** The look-ups of which a missing row keeps the cell. */
const keepers = (target: Target, { expression }: MappedColumn): readonly string[] => {
  if (target.onMissing === 'null') return [];
  const read = aliasesIn(expression);
  return target.joins.map(({ alias }) => alias).filter((alias) => read.has(alias));
};

const cell = (target: Target, column: MappedColumn): string => {
  const value = `cast(${expressionText(column.expression)} as ${column.type})`;
  const aliases = keepers(target, column);
  if (aliases.length === 0) return value;
  return `iff(${aliases.map(isPresent).join(' and ')}, ${value}, ${quoted('this', column.name)})`;
};

const desired = (reading: Reading): readonly Step[] => {
  const { settings, target } = reading;
  const columns = desiredColumns(target);
  const mapped = new Map(target.columns.map((column) => [column.name, column]));
  const values = columns.map(({ name }) => {
    const column = mapped.get(name);
    return column === undefined ? quoted('this', name) : cell(target, column);
  });
  const isWanted = keyValues(target)
    .map((value, place) => `${quoted('affected', keyNamesOf(target)[place] ?? '')} = ${value}`)
    .join(' and ');
  const limit = `\njoin ${affectedTable(settings, target)} as "affected" on ${isWanted}`;
  // A row of the target, for cells that are kept; the root of a `this` target is that row.
  const isKeeping = target.columns.some((column) => keepers(target, column).length > 0);
  const held =
    isKeeping && target.root.kind !== 'this'
      ? `\nleft join ${quotedTable(target.table)} as "this" on ${sameKeys('"this"', '"affected"', keyNamesOf(target))}`
      : '';
  const where = target.where === undefined ? '' : `\nwhere ${expressionText(target.where)}`;
  return [
    { about: 'of the last run', sql: `delete from ${desiredTable(settings, target)}` },
    {
      about: 'the rows of those keys as they should be',
      sql: `insert into ${desiredTable(settings, target)} (${listed(columns.map(({ name }) => quoted(name)))})
select ${listed(values)}
${fromClause(reading, { joins: target.joins, limit: `${limit}${held}` })}${where}`,
    },
  ];
};

const guards = (settings: PipelineSettings, target: Target): readonly Step[] => {
  const keys = listed(keyNamesOf(target).map((name) => at('d', name)));
  const rows = desiredTable(settings, target);
  return [
    {
      about: 'a key has one row: more come of a look-up that matches twice',
      counts: `select count(*) from (select ${keys} from ${rows} as d group by ${keys} having count(*) > 1) as x`,
      refusal: `${target.name}: a key would have several rows (a look-up matches more than one?); nothing was written`,
    },
    {
      about: 'a key is never NULL',
      counts: `select count(*) from ${rows} as d where ${keyNamesOf(target)
        .map((name) => `${at('d', name)} is null`)
        .join(' or ')}`,
      refusal: `${target.name}: a key would be NULL; nothing was written`,
    },
  ];
};

const touches = (target: Target): readonly { readonly name: string; readonly value: string }[] =>
  target.touch.map(({ name, type, value }) => ({
    name,
    value: `cast(${value === 'now' ? 'sysdate()' : literal(value.constant)} as ${type})`,
  }));

const differs = (names: readonly string[]): string =>
  names.map((name) => `${at('t', name)} is distinct from ${at('s', name)}`).join(' or ');

const gone = ({ onDelete }: Target): readonly string[] => {
  switch (onDelete.kind) {
    case 'delete':
      return [`when matched and not s."TIDEMARK_PRESENT" then\n  delete`];
    case 'keep':
      return [];
    case 'set': {
      const names = Object.keys(onDelete.values);
      const sets = names.map((name) => `${quoted(name)} = ${literal(onDelete.values[name] ?? null)}`);
      const left = names.map(
        (name) => `${at('t', name)} is distinct from ${literal(onDelete.values[name] ?? null)}`,
      );
      return [
        `when matched and not s."TIDEMARK_PRESENT" and (${left.join(' or ')}) then\n  update set ${listed(sets)}`,
      ];
    }
  }
};

const merge = (reading: Reading): Step => {
  const { settings, target } = reading;
  const keys = keyNamesOf(target);
  const names = desiredColumns(target)
    .map(({ name }) => name)
    .filter((name) => !keys.includes(name));
  const touched = touches(target);
  const values = [
    ...names.map((name) => at('d', name)),
    ...touched.map(({ name, value }) => `${value} as ${quoted(name)}`),
  ];
  const set = [...names, ...touched.map(({ name }) => name)];
  const inserted = [...keys, ...set];
  const branches = [
    ...(target.rows === 'manage' ? gone(target) : []),
    ...(names.length === 0
      ? []
      : [
          `when matched and s."TIDEMARK_PRESENT" and (${differs(names)}) then
  update set ${listed(set.map((name) => `${quoted(name)} = ${at('s', name)}`))}`,
        ]),
    ...(target.rows === 'manage'
      ? [
          `when not matched and s."TIDEMARK_PRESENT" then
  insert (${listed(inserted.map((name) => quoted(name)))})
  values (${listed(inserted.map((name) => at('s', name)))})`,
        ]
      : []),
  ];
  return {
    about: 'what differs, and nothing else',
    sql: `merge into ${quotedTable(target.table)} as t
using (
  select ${listed([...keys.map((name) => at('a', name)), `(${keys.map((name) => `${at('d', name)} is not null`).join(' and ')}) as "TIDEMARK_PRESENT"`, ...values])}
  from ${affectedTable(settings, target)} as a
  left join ${desiredTable(settings, target)} as d on ${sameKeys('a', 'd', keys)}
) as s
on ${sameKeys('t', 's', keys)}
${branches.join('\n')}`,
  };
};

/** The last batch that every source of the target has parsed. */
export const parsedByAll = ({ settings, sources }: Reading): string => {
  const all = [...sources.values()].map(
    (source) => `select p."BATCH" as "NUMBER" from ${positionTable(settings, parseRoutine(source))} as p`,
  );
  return `select min(x."NUMBER") as "NUMBER" from (
${indented(all.join('\nunion all\n'))}
) as x`;
};

/** A table that somebody filled before is taken over on purpose, or not at all. */
export const firstRunGuard = (settings: PipelineSettings, target: Target, cure: string): Step => ({
  about: 'a table that holds rows before the first run is not ours to overwrite',
  counts: `select count(*) from (select 1 as x from ${quotedTable(target.table)} limit 1) as t cross join ${positionTable(settings, applyRoutine(target))} as p where p."PREVIOUS" = 0`,
  refusal: `${target.name} holds rows that this pipeline did not write; nothing was written. ${cure}`,
});

export const applyFact = (reading: Reading): readonly Routine[] => {
  const { settings, target } = reading;
  const routine = applyRoutine(target);
  const rewrite = [...desired(reading), ...guards(settings, target), merge(reading)];
  const guarded =
    target.rows === 'manage'
      ? [
          firstRunGuard(
            settings,
            target,
            `Compare them, then call ${reconcileRoutine(target)}: it takes the table over.`,
          ),
        ]
      : [];
  return [
    {
      name: routine,
      about: `the rows of ${target.name} that the last batches reach`,
      steps: [
        advance(settings, routine, parsedByAll(reading)),
        ...guarded,
        noKeys(reading),
        findAffected(reading, routine),
        ...rewrite,
      ],
    },
    {
      name: reconcileRoutine(target),
      about: `every row of ${target.name}, compared with what it should be and written where it differs`,
      steps: [
        advance(settings, routine, parsedByAll(reading)),
        noKeys(reading),
        everyKey(reading),
        ...rewrite,
      ],
    },
  ];
};
