// The rows of a target that may look different after a batch: each changed relation takes its place in the joins with the
// images of the batch, as they were and as they became, and the keys of the roots that are reached are noted.
import type { Target } from '../dictionary/dictionary.ts';
import { fromClause, isPresent, rootRows, wayTo, type Reading } from './from-clause.ts';
import { affectedTable, positionTable } from './objects.ts';
import type { Step } from './pipeline.ts';
import { at, expressionText, listed, quoted, quotedTable } from './quote.ts';

/** The target's key over its root. */
export const keyValues = (target: Target): readonly string[] =>
  target.key.map(({ name }) => {
    if (target.root.kind === 'this') return quoted('this', name);
    const column = target.columns.find((each) => each.name === name);
    if (column === undefined) throw new RangeError(`${target.name}: key ${name} is not mapped`);
    return expressionText(column.expression);
  });

const keyList = (target: Target): string => listed(target.key.map(({ name }) => quoted(name)));

export const noKeys = ({ settings, target }: Reading): Step => ({
  about: 'of the last run',
  sql: `delete from ${affectedTable(settings, target)}`,
});

const selectKeys = (target: Target): string =>
  `select ${listed(keyValues(target).map((value, place) => `${value} as ${quoted(target.key[place]?.name ?? '')}`))}`;

const walks = (reading: Reading, routine: string): readonly string[] => {
  const { target, settings } = reading;
  const { root, joins } = target;
  const select = selectKeys(target);
  const ofRoot =
    root.kind === 'grain'
      ? [`${select}\n${fromClause(reading, { joins: [], changed: { alias: root.alias, routine } })}`]
      : [];
  // Rows that their owner wrote: a quarter of an hour is left for what commits late.
  const ofOwner =
    target.changedAt === undefined
      ? []
      : [
          `${select}
from ${rootRows(reading)} as ${quoted(root.alias)}
join ${positionTable(settings, routine)} as p on p."PREVIOUS_AT" is null or ${quoted(root.alias, target.changedAt)} is null or ${quoted(root.alias, target.changedAt)} >= dateadd('minute', -15, p."PREVIOUS_AT")`,
        ];
  const ofJoins = joins.map(
    ({ alias }) => `${select}
${fromClause(reading, { joins: wayTo(joins, alias), changed: { alias, routine } })}
where ${isPresent(alias)}`,
  );
  return [...ofRoot, ...ofOwner, ...ofJoins];
};

export const findAffected = (reading: Reading, routine: string): Step => {
  const { settings, target } = reading;
  return {
    about: 'the keys of rows that the changes reach, from the images before and after',
    sql: `insert into ${affectedTable(settings, target)} (${keyList(target)})
${walks(reading, routine).join('\nunion\n')}`,
  };
};

/** What there should be, and what there is. */
export const everyKey = (reading: Reading): Step => {
  const { settings, target } = reading;
  const held = `select ${listed(target.key.map(({ name }) => at('t', name)))}
from ${quotedTable(target.table)} as t`;
  const wanted = `${selectKeys(target)}
${fromClause(reading, { joins: [] })}`;
  return {
    about: 'all keys',
    sql: `insert into ${affectedTable(settings, target)} (${keyList(target)})
${target.root.kind === 'this' ? held : `${wanted}\nunion\n${held}`}`,
  };
};
