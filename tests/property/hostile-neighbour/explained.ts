// Every cell that a batch wrote must be what the mapping makes of the tables as they were before the batch or as
// they are after it: somebody wrote some of them meanwhile.
import type { Place, Schemas } from '../place.ts';
import { canonical } from '../invariants.ts';
import { desiredSelect, type Tables } from '../random-dictionary/oracle.ts';
import type { ProjectSpec, TargetSpec } from '../random-dictionary/spec.ts';
import { keyText, type Cells } from '../world.ts';

/** Tables as they are, for later. */
export const keepCopies = async (place: Place, schemas: Schemas, spec: ProjectSpec): Promise<void> => {
  await place.execute(`drop schema if exists "${schemas.copies}" cascade`);
  await place.execute(`create schema "${schemas.copies}"`);
  const tables = [
    ...spec.sources.map(({ name }) => [schemas.mirrors, name] as const),
    ...spec.targets.map(({ name }) => [schemas.targets, name] as const),
  ];
  for (const [schema, name] of tables) {
    const there = await place.warehouse.introspect([{ schema, name }]);
    if (there.length > 0)
      await place.execute(`create table "${schemas.copies}".${name} as select * from "${schema}".${name}`);
  }
};

type Versions = ReadonlyMap<string, readonly Cells[]>;

const versionsIn = async (place: Place, target: TargetSpec, tables: Tables): Promise<Versions> => {
  const key = target.key.map(({ name }) => name);
  const found = new Map<string, Cells[]>();
  for (const cells of await place.rows<Cells>(desiredSelect(target, tables))) {
    const text = keyText(key, cells);
    found.set(text, [...(found.get(text) ?? []), cells]);
  }
  return found;
};

const worlds = ({ mirrors, targets, copies }: Schemas): readonly Omit<Tables, 'sources'>[] => [
  { sourceSchema: mirrors, targetSchema: targets },
  { sourceSchema: mirrors, targetSchema: copies },
  { sourceSchema: copies, targetSchema: copies },
  { sourceSchema: copies, targetSchema: targets },
];

interface Written {
  readonly target: string;
  readonly operation: 'I' | 'U' | 'D';
  readonly key: string;
  readonly after: string | null;
}

const parsed = (text: string): Cells => JSON.parse(text) as Cells;

const isExplained = (target: TargetSpec, written: Written, versions: readonly Versions[]): boolean => {
  const key = keyText(
    target.key.map(({ name }) => name),
    parsed(written.key),
  );
  const rows = versions.flatMap((each) => each.get(key) ?? []);
  const mayBeGone = versions.some((each) => !each.has(key));
  if (written.operation === 'D') return mayBeGone;
  const mapped = new Set(target.mapped.map(({ name }) => name));
  return Object.entries(parsed(written.after ?? '{}')).every(([name, value]) => {
    if (!mapped.has(name)) return true;
    if (name === 'state' && value === 'gone' && target.onDelete === 'set') return mayBeGone;
    const text = JSON.stringify(value);
    if (rows.some((row) => JSON.stringify(canonical(row[name])) === text)) return true;
    return written.operation === 'I' && value === null && target.onMissing === 'keep';
  });
};

export const unexplained = async (
  place: Place,
  schemas: Schemas,
  spec: ProjectSpec,
  batch: number,
): Promise<readonly string[]> => {
  const audit = await place.rows<Written>(
    `select target, operation, cast(key as varchar) as key, cast(after as varchar) as after from "${schemas.state}".audit where batch = ${batch}`,
  );
  const sources = new Set(spec.sources.map(({ name }) => name));
  const wrong: string[] = [];
  for (const target of spec.targets) {
    const own = audit.filter((each) => each.target === target.name);
    if (own.length === 0) continue;
    const versions: Versions[] = [];
    // A table that was not there before, or is not now, explains nothing.
    for (const tables of worlds(schemas))
      versions.push(await versionsIn(place, target, { sources, ...tables }).catch((): Versions => new Map()));
    wrong.push(
      ...own
        .filter((each) => !isExplained(target, each, versions))
        .map(({ operation, key, after }) => `${target.name} ${operation} ${key}: nothing explains ${after}`),
    );
  }
  return wrong;
};
