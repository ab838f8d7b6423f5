// What must hold after each run, whatever the neighbour did before it: who is left out is left out for a reason that
// there is, and was not touched; everything else is what the mapping says of the mirrors, and they of staging.
import type { BatchReport } from '../../../src/batch/report.ts';
import type { Place, Schemas } from '../place.ts';
import { expectedMirror, expectedRows } from '../random-dictionary/oracle.ts';
import { stamp } from '../random-dictionary/draw-sources.ts';
import type { ProjectSpec, SourceSpec } from '../random-dictionary/spec.ts';
import { noRows, unlike, type Cells, type Rows, type World } from '../world.ts';

export interface Looking {
  readonly place: Place;
  readonly schemas: Schemas;
  readonly spec: ProjectSpec;
  readonly before: World;
  readonly after: World;
  readonly report: BatchReport;
  /** Columns in which a mirror need not be as staging is, by source. */
  readonly unlike: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Every reason that a run gives must be one that the neighbour gave it. */
export const unfounded = (
  report: BatchReport,
  permitted: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] =>
  report.behind
    .filter(({ name, code }) => permitted.get(name)?.has(code) !== true)
    .map(({ name, code, reason }) => `${name} was left out for ${code}: ${reason}`);

const behindIn = ({ report }: Looking): ReadonlySet<string> => new Set(report.behind.map(({ name }) => name));

/** What was left out stays as it was. */
export const untouched = (looking: Looking): readonly string[] => {
  const { spec, before, after } = looking;
  const behind = behindIn(looking);
  const same = (part: 'mirrors' | 'targets', name: string): readonly string[] => {
    if (!behind.has(name)) return [];
    const [was, is] = [before[part].get(name), after[part].get(name)];
    if ((was === undefined) !== (is === undefined)) return [`${name} was left out, and made or dropped`];
    return unlike(`${name}, left out,`, was ?? noRows, is ?? noRows);
  };
  return [
    ...spec.sources.flatMap(({ name }) => same('mirrors', name)),
    ...spec.targets.flatMap(({ name }) => same('targets', name)),
  ];
};

/** A row stamped earlier than the overlap looks back is found by the next full compare, not before. */
const isLate = (cells: Cells | undefined, nowMs: number): boolean => {
  const said = cells?.[stamp.name];
  return typeof said === 'string' && Date.parse(`${said.replace(' ', 'T')}Z`) < nowMs - 12 * 60_000;
};

/** A value whatever the type of its column: it may have been retyped, and rows that only the mirror has with it. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return value;
  return /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value.replace(/ 00:00:00$/, '');
};

const only = (rows: Rows, columns: ReadonlySet<string>): Rows =>
  new Map(
    [...rows].map(([key, cells]) => [
      key,
      Object.fromEntries(
        Object.entries(cells)
          .filter(([name, value]) => columns.has(name) && value !== null)
          .map(([name, value]) => [name, plain(value)]),
      ),
    ]),
  );

const pick = (rows: Rows, key: string): Rows => {
  const cells = rows.get(key);
  return cells === undefined ? noRows : new Map([[key, cells]]);
};

/** Under the names that the source has now. */
const underNames = (rows: Rows, { renamed = {} }: SourceSpec): Rows =>
  new Map(
    [...rows].map(([key, cells]) => {
      const names = Object.entries(renamed).filter(([to, from]) => from in cells && !(to in cells));
      return [key, { ...cells, ...Object.fromEntries(names.map(([to, from]) => [to, cells[from]])) }];
    }),
  );

/** In the columns that staging has; what staging holds twice, alike, counts once. */
const mirrorsUnlike = async (
  { place, schemas, before, after, unlike: apart }: Looking,
  source: SourceSpec,
  strict: boolean,
): Promise<readonly string[]> => {
  const staging = after.staging.get(source.name) ?? noRows;
  const mirror = underNames(before.mirrors.get(source.name) ?? noRows, source);
  const expected = await expectedMirror(place, schemas, source, { staging, mirror });
  const found = after.mirrors.get(source.name) ?? noRows;
  // What was mirrored before it was excluded stays as it was.
  const stays = new Set([...mirror.values()].flatMap((cells) => Object.keys(cells)));
  const isApart = (name: string): boolean =>
    apart.get(source.name)?.has(name) === true || (source.excluded.includes(name) && stays.has(name));
  const columns = new Set(
    [...staging.values()].flatMap((cells) => Object.keys(cells)).filter((name) => !isApart(name)),
  );
  const shown = only(found, columns);
  const settled = new Map<string, Cells>();
  for (const key of new Set([...expected.keys(), ...mirror.keys()])) {
    // One that no longer counts is looked for with the deleted ones, if at all.
    const looks = expected.has(key) || source.keepsDeleted;
    const mayWait = !strict && source.watermark && looks && isLate(staging.get(key), Date.now());
    const isSettled = unlike('', only(pick(expected, key), columns), pick(shown, key)).length === 0;
    const cells = (mayWait && !isSettled ? mirror : expected).get(key);
    if (cells !== undefined) settled.set(key, cells);
  }
  return unlike(`the mirror of ${source.name}`, only(settled, columns), shown);
};

const withoutTouch = (rows: Rows): Rows =>
  new Map(
    [...rows].map(([key, cells]) => [
      key,
      Object.fromEntries(
        Object.entries(cells).filter(([name, value]) => name !== 'touched' && value !== null),
      ),
    ]),
  );

/** I1, of whatever is not left out. `strict`: nothing may be late. */
export const outOfStep = async (looking: Looking, strict: boolean): Promise<readonly string[]> => {
  const { place, schemas, spec, before, after } = looking;
  const behind = behindIn(looking);
  const wrong: string[] = [];
  for (const source of spec.sources)
    if (!behind.has(source.name)) wrong.push(...(await mirrorsUnlike(looking, source, strict)));
  const sources = new Set(spec.sources.map(({ name }) => name));
  const tables = { sources, sourceSchema: schemas.mirrors, targetSchema: schemas.targets };
  for (const target of spec.targets) {
    if (behind.has(target.name)) continue;
    const expected = await expectedRows(place, target, tables, before.targets.get(target.name) ?? noRows);
    const found = unlike(
      target.name,
      withoutTouch(expected),
      withoutTouch(after.targets.get(target.name) ?? noRows),
    );
    // A target is the ground of those it feeds.
    if (found.length > 0) return [...wrong, ...found];
  }
  return wrong;
};
