// What must hold for every batch, whatever the data: ledger, audit and untouched cells against copies of the
// tables taken before and after. Each function answers what is wrong, in words.
import type { BatchReport } from '../../src/batch/report.ts';
import type { Place } from './place.ts';
import { changesBetween, noRows, type Cells, type RowChange, type Watched, type World } from './world.ts';

interface Recorded {
  readonly relation: string;
  readonly operation: string;
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

interface ChangeRow extends Recorded {
  readonly change_id: string;
  readonly columns: string | null;
}

interface AuditRow extends Recorded {
  readonly causes: string | null;
}

const readLedger = (place: Place, state: string, batch: number): Promise<readonly ChangeRow[]> =>
  place.rows<ChangeRow>(
    `select change_id, source as relation, operation, key, before, after, columns from "${state}".changes where batch = ${batch}`,
  );

const readAudit = (place: Place, state: string, batch: number): Promise<readonly AuditRow[]> =>
  place.rows<AuditRow>(
    `select target as relation, operation, key, before, after, causes from "${state}".audit where batch = ${batch}`,
  );

/** A value of the port in the form that ledger and audit promise. */
export const canonical = (value: unknown): unknown => {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return value;
  const [, day, time, fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(\+00)?$/.exec(value) ?? [];
  if (day === undefined) return value;
  return `${day}T${time ?? ''}.${fraction.padEnd(6, '0')}${zone === '' ? '' : 'Z'}`;
};

const pick = (cells: Cells, columns: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(columns.map((column) => [column, canonical(cells[column])]));

const sorted = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
    ? Object.fromEntries(Object.entries(json).toSorted(([left], [right]) => (left < right ? -1 : 1)))
    : json;

/** Whole numbers are numbers or texts by the width of their type, and Snowflake computes others than the rest. */
const asText = (_name: string, value: unknown): unknown =>
  typeof value === 'number' ? String(value) : value;

/** One line that says all of a record, so that two lists of records can be compared. */
const line = (relation: string, operation: string, parts: readonly unknown[]): string =>
  [relation, operation, ...parts.map((part) => JSON.stringify(sorted(part ?? null), asText))].join(' ');

const parsed = (text: string | null): unknown => (text === null ? null : (JSON.parse(text) as unknown));

const operationOf = (change: RowChange): 'I' | 'U' | 'D' =>
  change.before === undefined ? 'I' : change.after === undefined ? 'D' : 'U';

const compareLines = (
  what: string,
  expected: readonly string[],
  found: readonly string[],
): readonly string[] => {
  const left = [...expected];
  const unexpected = found.filter((each) => {
    const place = left.indexOf(each);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
  return [
    ...left.map((each) => `${what} lacks: ${each}`),
    ...unexpected.map((each) => `${what} has: ${each}`),
  ];
};

/** The ledger is the difference of the mirrors. */
const checkLedger = (
  { watched, before, after, more = false }: Step,
  ledger: readonly ChangeRow[],
): readonly string[] => {
  const expected = watched.sources.flatMap(({ name, key }) => {
    const was = before.mirrors.get(name);
    if (was === undefined) return [];
    const [any] = [...(after.staging.get(name) ?? noRows).values()];
    const isTold = (column: string): boolean => !more || any === undefined || column in any;
    return changesBetween(was, after.mirrors.get(name) ?? noRows).map((change) => {
      const operation = operationOf(change);
      const row = change.after ?? change.before ?? {};
      const columns = (operation === 'U' ? change.columns : Object.keys(row)).filter(isTold);
      return line(name, operation, [
        pick(row, key),
        change.before === undefined ? null : pick(change.before, columns),
        change.after === undefined ? null : pick(change.after, columns),
        operation === 'U' ? columns.toSorted() : null,
      ]);
    });
  });
  const found = ledger.map(({ relation, operation, key, before: was, after: is, columns }) => {
    const names = parsed(columns) as readonly string[] | null;
    return line(relation, operation, [
      parsed(key),
      parsed(was),
      parsed(is),
      names === null ? null : names.toSorted(),
    ]);
  });
  return compareLines('the ledger', expected, found);
};

/** I2 and I3: the audit is the difference of the targets, cell by cell, and nothing else was written. */
const checkAudit = (
  watched: Watched,
  before: World,
  after: World,
  audit: readonly AuditRow[],
): readonly string[] => {
  const wrong: string[] = [];
  const expected = watched.targets.flatMap(({ name, key, mapped, touched }) => {
    const was = before.targets.get(name) ?? noRows;
    const writable = new Set([...mapped, ...touched]);
    return changesBetween(was, after.targets.get(name) ?? noRows).map((change) => {
      const operation = operationOf(change);
      const row = change.after ?? change.before ?? {};
      const columns =
        operation === 'U'
          ? [...new Set([...change.columns, ...touched])]
          : operation === 'I'
            ? Object.keys(row).filter((column) => writable.has(column))
            : Object.keys(row);
      const foreign = Object.keys(row).filter((column) => !writable.has(column));
      const changed = foreign.filter((column) =>
        operation === 'U' ? change.columns.includes(column) : operation === 'I' && row[column] !== null,
      );
      if (changed.length > 0)
        wrong.push(`${name} ${change.key}: unmapped columns were written: ${changed.join(', ')}`);
      if (operation === 'U' && change.columns.every((column) => touched.includes(column)))
        wrong.push(`${name} ${change.key}: was touched, but nothing else of it changed`);
      return line(name, operation, [
        pick(row, key),
        change.before === undefined ? null : pick(change.before, columns),
        change.after === undefined ? null : pick(change.after, columns),
      ]);
    });
  });
  const found = audit.map(({ relation, operation, key, before: was, after: is }) =>
    line(relation, operation, [parsed(key), parsed(was), parsed(is)]),
  );
  return [...wrong, ...compareLines('the audit', expected, found)];
};

/** Every written row names at least one change of its own batch. */
const checkCauses = (ledger: readonly ChangeRow[], audit: readonly AuditRow[]): readonly string[] => {
  const ids = new Set(ledger.map(({ change_id }) => Number(change_id)));
  return audit.flatMap(({ relation, key, causes }) => {
    const named = parsed(causes) as readonly number[] | null;
    if (named === null || named.length === 0) return [`${relation} ${key}: the audit names no cause`];
    const strange = named.filter((each) => !ids.has(each));
    return strange.length === 0
      ? []
      : [`${relation} ${key}: causes of no such change: ${strange.join(', ')}`];
  });
};

export interface Step {
  readonly watched: Watched;
  readonly before: World;
  readonly after: World;
  readonly report: BatchReport;
  /** False where no single change is the reason: a first run, a comparison in full. */
  readonly caused: boolean;
  /** Sources whose mirrors got other columns, of which the ledger cannot tell row by row. */
  readonly reshaped?: ReadonlySet<string> | undefined;
  /** Mirrors may hold columns that staging has no more: the ledger tells of the others. */
  readonly more?: boolean | undefined;
}

export const checkBatch = async (place: Place, step: Step): Promise<readonly string[]> => {
  const { before, after, report, caused, more = false } = step;
  const reshaped = new Set(step.reshaped);
  // An empty table does not say what columns it has.
  for (const [name, rows] of after.staging) if (more && rows.size === 0) reshaped.add(name);
  const sources = step.watched.sources.filter(({ name }) => !reshaped.has(name));
  const watched = { ...step.watched, sources };
  if (report.batch === null) {
    const same = sameWorld(before, after, ['staging', 'mirrors', 'targets', 'records']);
    return same.map((each) => `an idle run wrote: ${each}`);
  }
  const { state } = watched.schemas;
  const ledger = (await readLedger(place, state, report.batch)).filter(
    ({ relation }) => !reshaped.has(relation),
  );
  const audit = await readAudit(place, state, report.batch);
  return [
    ...sameWorld(before, after, ['staging']),
    ...checkLedger({ ...step, watched }, ledger),
    ...checkAudit(watched, before, after, audit),
    ...(caused ? checkCauses(ledger, audit) : []),
  ];
};

/** What differs between two moments, in the parts named. */
export const sameWorld = (left: World, right: World, parts: readonly (keyof World)[]): readonly string[] =>
  parts.flatMap((part) => {
    if (part === 'records') {
      const [was, is] = [JSON.stringify(left.records), JSON.stringify(right.records)];
      return was === is ? [] : [`our own tables went from ${was} to ${is}`];
    }
    const names = [...new Set([...left[part].keys(), ...right[part].keys()])];
    return names.flatMap((name) => {
      if (left[part].has(name) !== right[part].has(name)) return [`${part}.${name} was made or dropped`];
      const changes = changesBetween(left[part].get(name) ?? noRows, right[part].get(name) ?? noRows);
      return changes.map(
        (change) => `${part}.${name} ${operationOf(change)} ${change.key} ${change.columns.join(', ')}`,
      );
    });
  });

export const expectNothing = (wrong: readonly string[]): void => {
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
};
