// What the tests of one target need: the dictionary of that target and of all it reads, on tables of their own, with
// the columns and types that the warehouse's tables have.
import { lookUp } from '../catalog.ts';
import type { RawDictionary, RawKeyColumn, RawSource, RawTarget } from '../raw.ts';
import { sourceTable, targetName, targetTable } from '../tables.ts';
import { logColumnsOf, stagedLog } from './log-events.ts';
import type { MappingTest, TestRows } from './mapping-test.ts';
import { numberSource, numberTarget, type Range } from './number-tests.ts';
import { madeUp, quotedName } from './scalar.ts';
import type { StagedRelation, Surroundings } from './staged-relation.ts';

/** The tests of one target, with all that they need. */
export interface TestPart {
  readonly target: string;
  readonly tests: readonly MappingTest[];
  readonly sources: readonly RawSource[];
  readonly targets: readonly RawTarget[];
  readonly relations: ReadonlyMap<string, StagedRelation>;
}

export interface GroupedTest {
  readonly target: string;
  readonly test: MappingTest;
}

/** Tests that are played in the same batches. */
export interface TestGroup {
  readonly raw: RawDictionary;
  readonly relations: ReadonlyMap<string, StagedRelation>;
  /** A test's place is its number. */
  readonly tests: readonly GroupedTest[];
  /** Rows of several tests stand side by side, each with the number of its test. */
  readonly numbered: boolean;
}

/** Everything that a test of this mapping may give rows of. */
const relationsRead = (raw: RawDictionary, target: RawTarget): ReadonlySet<string> => {
  const targets = new Map(raw.targets.map((each) => [targetName(each), each]));
  const found = new Set<string>();
  const visit = (each: RawTarget): void => {
    const names = [each.from?.text, ...each.joins.map(({ relation }) => relation.text)];
    for (const name of names) {
      if (name === undefined || found.has(name) || name === targetName(target)) continue;
      found.add(name);
      const next = targets.get(name);
      if (next !== undefined) visit(next);
    }
  };
  visit(target);
  return found;
};

/** Rows given of a target that feeds this one stand for what that target holds: it is not computed then. */
const standIns = (test: MappingTest, target: string, targets: ReadonlySet<string>): readonly string[] => {
  const named = [test.given, ...test.when].flatMap((step) => step.map(({ relation }) => relation.text));
  return [...new Set(named.filter((name) => name !== target && targets.has(name)))].toSorted();
};

/** A source that is read in full in every batch: as it stands, or from the events of a log. */
const stagedSource = (source: RawSource): RawSource => ({
  name: source.name,
  unsupported: false,
  key: source.key,
  updatedAt: source.updatedAt,
  createdAt: source.createdAt,
  fullCompareMs: 0,
  where: source.where,
  deleted: source.deleted,
  columns: source.columns,
  exclude: source.exclude,
  timezone: source.timezone,
  renamed: [],
  ...(source.log === undefined ? {} : stagedLog(source, source.log)),
});

const standIn = (target: RawTarget): RawSource => ({
  name: madeUp(targetName(target), target.name),
  unsupported: false,
  key: target.key,
  fullCompareMs: 0,
  renamed: [],
});

const stagedTarget = (target: RawTarget): RawTarget => ({
  ...target,
  name: madeUp(quotedName(targetName(target)), target.name),
  checks: [],
  tests: [],
  limits: {},
  enabled: true,
  onMappingChange: undefined,
  changedAt: undefined,
});

const namesOf = (key: readonly RawKeyColumn[]): readonly string[] => key.map(({ name }) => name.text);

const sourceRelation = (source: RawSource, around: Surroundings): StagedRelation => ({
  name: source.name.text,
  kind: 'source',
  key: namesOf(source.key),
  columns:
    source.log === undefined
      ? (lookUp(around.catalog, sourceTable(source, around.naming))?.columns ?? [])
      : logColumnsOf(source, source.log, around),
  filled: new Set(),
  log: source.log && { time: source.log.time?.column.text },
});

const targetRelation = (target: RawTarget, { catalog, naming }: Surroundings): StagedRelation => {
  const columns = lookUp(catalog, targetTable(target, naming))?.columns;
  const mapped = new Set(target.columns.map(({ name }) => name.text));
  return {
    name: targetName(target),
    kind: 'target',
    key: namesOf(target.key),
    columns,
    filled: new Set(columns?.flatMap(({ name, nullable }) => (!nullable && mapped.has(name) ? [name] : []))),
  };
};

/** One part per choice of the targets that stand in for themselves. */
export const partsOf = (target: RawTarget, around: Surroundings): readonly TestPart[] => {
  const targets = new Set(around.raw.targets.map(targetName));
  const byStandIns = new Map<string, MappingTest[]>();
  for (const test of target.tests) {
    const key = JSON.stringify(standIns(test, targetName(target), targets));
    byStandIns.set(key, [...(byStandIns.get(key) ?? []), test]);
  }
  return [...byStandIns].map(([key, tests]) =>
    partOf({ target, tests, standIns: new Set(JSON.parse(key) as readonly string[]) }, around),
  );
};

interface Wanted {
  readonly target: RawTarget;
  readonly tests: readonly MappingTest[];
  readonly standIns: ReadonlySet<string>;
}

const partOf = ({ target, tests, standIns: stand }: Wanted, around: Surroundings): TestPart => {
  const { raw } = around;
  const computed = raw.targets.filter((each) => !stand.has(targetName(each)));
  const read = relationsRead({ ...raw, targets: computed }, target);
  const sources = raw.sources.filter(({ name }) => read.has(name.text));
  const replaced = raw.targets.filter((each) => stand.has(targetName(each)) && read.has(targetName(each)));
  const made = [...computed.filter((each) => read.has(targetName(each))), target];
  const relations: readonly StagedRelation[] = [
    ...sources.map((source) => sourceRelation(source, around)),
    ...replaced.map((each): StagedRelation => ({ ...targetRelation(each, around), kind: 'source' })),
    ...made.map((each) => targetRelation(each, around)),
  ];
  return {
    target: targetName(target),
    tests,
    sources: [...sources.map(stagedSource), ...replaced.map(standIn)],
    targets: made.map(stagedTarget),
    relations: new Map(relations.map((relation) => [relation.name, relation])),
  };
};

/** The relation that a name in `given` or `when` of a test stands for. */
export const relationNamed = (
  relations: ReadonlyMap<string, StagedRelation>,
  { relation }: TestRows,
  target: string,
): StagedRelation | undefined => relations.get(relation.text === 'this' ? target : relation.text);

/** What is computed for one test and given for another cannot be in the same batch. */
const fits = (part: TestPart, others: readonly TestPart[]): boolean =>
  others.every((other) =>
    [...part.relations.values()].every(
      ({ name, kind }) => (other.relations.get(name)?.kind ?? kind) === kind,
    ),
  );

/** Parts that can be played together. */
export const bundles = (parts: readonly TestPart[]): readonly (readonly TestPart[])[] => {
  const found: TestPart[][] = [];
  for (const part of parts) {
    const bundle = found.find((others) => fits(part, others));
    if (bundle === undefined) found.push([part]);
    else bundle.push(part);
  }
  return found;
};

export const combine = (parts: readonly TestPart[]): TestGroup => {
  const tests = parts.flatMap(({ target, tests: own }) => own.map((test) => ({ target, test })));
  const numbered = tests.length > 1;
  const ranges = new Map<string, Range[]>();
  const sources = new Map<string, RawSource>();
  const targets = new Map<string, RawTarget>();
  let first = 0;
  for (const part of parts) {
    for (const source of part.sources) sources.set(source.name.text, source);
    for (const target of part.targets) {
      const name = targetName(target);
      targets.set(name, target);
      ranges.set(name, [...(ranges.get(name) ?? []), [first, first + part.tests.length]]);
    }
    first += part.tests.length;
  }
  const number = (target: RawTarget): RawTarget => numberTarget(target, ranges.get(targetName(target)) ?? []);
  return {
    raw: {
      sources: [...sources.values()].map((source) => (numbered ? numberSource(source) : source)),
      targets: [...targets.values()].map((target) => (numbered ? number(target) : target)),
      incomplete: false,
    },
    relations: new Map(parts.flatMap(({ relations }) => [...relations])),
    tests,
    numbered,
  };
};
