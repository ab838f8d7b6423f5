// Events that cannot be taken are set aside, with what is wrong with each, for a person to look at.
import type { LogSource } from '../../dictionary/dictionary.ts';
import type { Column, Dialect, ScratchColumn } from '../../sql/dialect.ts';
import { ands, commas, id, sql, table, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { jsonObject } from '../../sql/json.ts';
import type { EventTable } from '../../sql/events.ts';
import type { TableName } from '../../sql/table-name.ts';
import { flawSeparator, type FlawCode } from './flaws.ts';

/** Those of our own table that tell of the event. */
export const rejectedColumns: readonly ScratchColumn[] = [
  { name: 'identity', type: 'varchar' },
  { name: 'code', type: 'varchar' },
  { name: 'field', type: 'varchar' },
  { name: 'reason', type: 'varchar' },
  { name: 'key', type: 'varchar' },
  { name: 'arrival', type: 'varchar' },
  { name: 'event', type: 'varchar' },
];

export interface Rejecting {
  readonly dialect: Dialect;
  readonly source: LogSource;
  readonly events: EventTable;
  /** Scratch with the columns above. */
  readonly rejected: TableName;
  readonly columns: readonly Column[];
}

const part = (place: number): Fragment => sql`split_part(e.flaw, ${flawSeparator}, ${sql.lit(place)})`;

const code = part(1);
const field = part(2);

const say = (...parts: readonly (string | Fragment)[]): Fragment =>
  sql`concat(${commas(parts.map((each) => (typeof each === 'string' ? sql.lit(each) : each)))})`;

/** The type that a column should have had, by its name. */
const typeOfField = ({ source, columns }: Rejecting): Fragment => {
  const { sequence } = source.detect;
  const types = new Map(
    [...columns, ...source.columns, ...sequence].map(({ name, type }) => [name, type] as const),
  );
  const cases = [...types].map(([name, type]) => sql`when ${sql.lit(name)} then ${sql.lit(type)}`);
  return sql`case ${field} ${sql.join(cases, sql` `)} else '?' end`;
};

/** Of a redacted source no values: an image that cannot be read may hold any of them. */
const valueOf = ({ source }: Rejecting): Fragment =>
  source.redact === undefined ? part(3) : sql`case when ${part(3)} = '' then '' else '(redacted)' end`;

const sentences = (rejecting: Rejecting): Readonly<Record<FlawCode, Fragment>> => {
  const hours = Math.round(rejecting.source.detect.clockToleranceMs / 3_600_000);
  const value = valueOf(rejecting);
  const type = typeOfField(rejecting);
  const what = (...is: readonly (string | Fragment)[]): Fragment =>
    say('`', field, '`: `', value, '` ', ...is);
  const orNull = (sentence: Fragment): Fragment =>
    sql`case when ${value} = '' then ${say('`', field, '` is NULL')} else ${sentence} end`;
  return {
    unknown_operation: orNull(what('is no operation that was declared')),
    bad_sequence: orNull(what('is no `', type, '`')),
    bad_time: what('is no time'),
    future_time: what(`lies more than ${hours} h in the future`),
    bad_image: what('is no JSON object'),
    no_image: say('`', field, '` is NULL: nothing tells the row'),
    null_key: say('key column `', field, '` is NULL'),
    bad_value: what('is no `', type, '`'),
    no_unit: what('is a number, and nothing says what it counts: `{ type: ', type, ', epoch: ms }`'),
  };
};

export const takeFlawed = (rejecting: Rejecting): readonly Fragment[] => {
  const { dialect, events, rejected, source } = rejecting;
  const names = rejectedColumns.map(({ name }) => id(name));
  const known = ands(
    events.key.flatMap(({ name, nullable }) =>
      nullable ? [] : [sql`${id('e', keyName(events, name))} is not null`],
    ),
  );
  const key = jsonObject(
    events.key.map(({ name, type }) => ({
      name,
      value: dialect.jsonValue(id('e', keyName(events, name)), type),
    })),
  );
  const cases = Object.entries(sentences(rejecting)).map(
    ([name, sentence]) => sql`when ${sql.lit(name)} then ${sentence}`,
  );
  return [
    sql`insert into ${table(rejected)} (${sql.join(names)})
select f.* from (select e.identity, max(${code}) as code, max(${field}) as field, max(case ${code} ${sql.join(cases, sql`\n  `)} end) as reason,
  max(case when ${known} then ${key} end) as key, max(e.arrival) as arrival, max(${source.redact === undefined ? sql`e.raw` : sql`'"(redacted)"'`}) as event
from ${table(events.table)} as e where e.flaw is not null group by e.identity) as f`,
    sql`delete from ${table(events.table)} as e where e.flaw is not null`,
  ];
};
