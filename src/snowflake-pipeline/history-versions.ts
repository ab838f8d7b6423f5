// The versions of the affected keys as they should be: a pure function of the set of their events, however they came. The rules
// are those of the engine's own histories.
import type { History, HistoryColumn, HistoryRole, Source, Target } from '../dictionary/dictionary.ts';
import { eventOrder } from './current-rows.ts';
import { affectedTable, desiredTable, eventsTable } from './objects.ts';
import type { PipelineSettings } from './pipeline.ts';
import { at, expressionText, indented, listed, literal, quoted } from './quote.ts';

export interface Chronicle {
  readonly settings: PipelineSettings;
  readonly target: Target;
  readonly history: History;
  readonly source: Source;
  /** The columns of the target that name a key, each with the column of the source that it is. */
  readonly entity: readonly { readonly column: string; readonly from: string }[];
}

export const historyColumn = (history: History, role: HistoryRole): HistoryColumn | undefined =>
  history.columns.find((column) => column.role === role);

const neededColumn = (history: History, role: HistoryRole): HistoryColumn => {
  const column = historyColumn(history, role);
  if (column === undefined) throw new RangeError(`the history has no column for ${role}`);
  return column;
};

/** Mapped columns, then those of the validity but for the surrogate key, which is given when a version is written. */
export const versionColumns = ({ target, history }: Chronicle) => [
  ...target.columns.map(({ name, type }) => ({ name, type })),
  ...history.columns.filter(({ role }) => role !== 'surrogate_key').map(({ name, type }) => ({ name, type })),
];

const value = (place: number): string => `V${place}`;
const key = (place: number): string => `K${place}`;

const keys = ({ entity }: Chronicle, alias: string): string =>
  listed(entity.map((_, place) => at(alias, key(place))));

const sameEntity = ({ entity }: Chronicle, left: string, right: string): string =>
  entity.map((_, place) => `${at(left, key(place))} = ${at(right, key(place))}`).join(' and ');

/** When an event happened: what the mapping says of an upsert, what the log says, else the moment of its batch. */
const happened = ({ target, history }: Chronicle): string => {
  const alias = target.root.alias;
  const told = quoted(alias, 'TIDEMARK_HAPPENED');
  const moment = quoted(alias, 'TIDEMARK_AT');
  const { at: mapped, atIsWritten, timezone } = history;
  if (mapped === undefined) return `coalesce(${told}, ${moment})`;
  const written =
    timezone === 'UTC'
      ? `cast(${expressionText(mapped)} as timestamp_ntz(6))`
      : `cast(convert_timezone(${literal(timezone)}, 'UTC', ${expressionText(mapped)}) as timestamp_ntz(6))`;
  const upsert = listed([...(atIsWritten ? [written, told] : [told, written]), moment]);
  return `iff(${quoted(alias, 'TIDEMARK_OPERATION')} = 'U', coalesce(${upsert}), coalesce(${told}, ${moment}))`;
};

/** One row per event, in the order of its key. */
const events = (chronicle: Chronicle): string => {
  const { settings, target, source, entity } = chronicle;
  const alias = target.root.alias;
  const isUpsert = `${quoted(alias, 'TIDEMARK_OPERATION')} = 'U'`;
  const shown =
    target.where === undefined
      ? isUpsert
      : `${isUpsert} and coalesce(${expressionText(target.where)}, false)`;
  const partition = listed(entity.map(({ from }) => quoted(alias, from)));
  const match = entity
    .map(({ column, from }) => `${quoted('affected', column)} = ${quoted(alias, from)}`)
    .join(' and ');
  return `select ${listed([
    ...entity.map(({ from }, place) => `${quoted(alias, from)} as ${quoted(key(place))}`),
    `row_number() over (partition by ${partition} order by ${eventOrder(source, quoted(alias))}) as "N"`,
    `(${shown}) as "SHOWN"`,
    `${happened(chronicle)} as "HAPPENED"`,
    ...target.columns.map(
      ({ expression, type }, place) =>
        `cast(${expressionText(expression)} as ${type}) as ${quoted(value(place))}`,
    ),
  ])}
from ${eventsTable(settings, source)} as ${quoted(alias)}
join ${affectedTable(settings, target)} as "affected" on ${match}`;
};

const beforeHere = 'rows between unbounded preceding and current row';

/** Nobody's clock turns an interval round: an event takes effect when the latest one up to it did. */
const timed = (chronicle: Chronicle): string => {
  const window = `partition by ${keys(chronicle, 'e')} order by e."N"`;
  const kept = chronicle.history.deletes === 'keep' ? '\nwhere e."SHOWN"' : '';
  return `select e.*,
  max(e."HAPPENED") over (${window} ${beforeHere}) as "EFFECTIVE",
  max(iff(e."SHOWN", e."N", null)) over (${window} ${beforeHere}) as "PICTURE",
  max(iff(e."SHOWN", e."N", null)) over (partition by ${keys(chronicle, 'e')}) as "NEWEST"
from events as e${kept}`;
};

/** Of events that take effect at one moment the last one counts. A tombstone shows the row as it was last. */
const counted = (chronicle: Chronicle): string => {
  const { target, history } = chronicle;
  const isTombstone = history.deletes === 'tombstone';
  const from = isTombstone ? 'i' : 't';
  const kind = isTombstone
    ? `case when t."SHOWN" then 'row' when t."PICTURE" is null then 'gap' else 'flagged' end`
    : `iff(t."SHOWN", 'row', 'gap')`;
  const pictures = isTombstone
    ? `\nleft join timed as i on ${sameEntity(chronicle, 'i', 't')} and i."N" = t."PICTURE"`
    : '';
  return `select ${listed([keys(chronicle, 't'), 't."N"', 't."EFFECTIVE"', 't."NEWEST"', `${kind} as "KIND"`, ...target.columns.map((_, place) => `${at(from, value(place))} as ${quoted(value(place))}`)])}
from (
  select x.*, lead(x."EFFECTIVE") over (partition by ${keys(chronicle, 'x')} order by x."N") as "NEXT" from timed as x
) as t${pictures}
where t."NEXT" is distinct from t."EFFECTIVE"`;
};

/** Which states differ from the one before: neighbours that agree on what is tracked are one version. */
const opened = (chronicle: Chronicle): string => {
  const { target, history } = chronicle;
  const window = `(partition by ${keys(chronicle, 'c')} order by c."N")`;
  const tracked = target.columns.flatMap(({ name }, place) =>
    history.track.includes(name)
      ? [`c.${quoted(value(place))} is distinct from lag(c.${quoted(value(place))}) over ${window}`]
      : [],
  );
  const differs = tracked.length === 0 ? 'false' : `(${tracked.join(' or ')})`;
  return `select c.*, (c."KIND" is distinct from lag(c."KIND") over ${window} or (c."KIND" <> 'gap' and ${differs})) as "OPENS"
from counted as c`;
};

const versions = (chronicle: Chronicle): string => {
  const window = `(partition by ${keys(chronicle, 'o')} order by o."N")`;
  return `select o.*, lead(o."EFFECTIVE") over ${window} as "UNTIL", row_number() over ${window} as "PLACE"
from opened as o
where o."OPENS"`;
};

const validity = ({ history }: Chronicle, { role, type }: HistoryColumn): string => {
  switch (role) {
    case 'valid_from':
      return history.firstValidFrom === 'at'
        ? `cast(v."EFFECTIVE" as ${type})`
        : `cast(iff(v."PLACE" = 1, least(v."EFFECTIVE", cast('1900-01-01 00:00:00' as timestamp_ntz(6))), v."EFFECTIVE") as ${type})`;
    case 'valid_to': {
      const end = `cast(v."UNTIL" as ${type})`;
      return history.validToCurrent === undefined
        ? end
        : `coalesce(${end}, cast(${literal(history.validToCurrent)} as ${type}))`;
    }
    case 'is_current':
      return '(v."UNTIL" is null)';
    case 'deleted':
      return /^bool/i.test(type) ? `(v."KIND" = 'flagged')` : `iff(v."KIND" = 'flagged', 'True', 'False')`;
    case 'updated_at':
      return `cast(v."EFFECTIVE" as ${type})`;
    case 'surrogate_key':
    case 'scd_id':
      throw new RangeError(`${role} is no value of an event`);
  }
};

export const fillVersions = (chronicle: Chronicle): string => {
  const { settings, target, history } = chronicle;
  const columns = versionColumns(chronicle);
  const cell = (name: string, place: number): string =>
    at(history.overwrite.includes(name) ? 'l' : 'v', value(place));
  const values = columns.map(({ name }) => {
    const place = target.columns.findIndex((column) => column.name === name);
    if (place !== -1) return cell(name, place);
    const column = history.columns.find((each) => each.name === name);
    if (column === undefined) throw new RangeError(`${target.name} has no column ${name}`);
    return validity(chronicle, column);
  });
  const last =
    history.overwrite.length === 0
      ? ''
      : `\nleft join timed as l on ${sameEntity(chronicle, 'l', 'v')} and l."N" = v."NEWEST"`;
  return `insert into ${desiredTable(settings, target)} (${listed(columns.map(({ name }) => quoted(name)))})
with events as (
${indented(events(chronicle))}
),
timed as (
${indented(timed(chronicle))}
),
counted as (
${indented(counted(chronicle))}
),
opened as (
${indented(opened(chronicle))}
),
versions as (
${indented(versions(chronicle))}
)
select ${listed(values)}
from versions as v${last}
where v."KIND" <> 'gap'`;
};

export const startName = ({ history }: Chronicle): string => neededColumn(history, 'valid_from').name;
