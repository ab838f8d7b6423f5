// Targets as somebody else builds and edits them.
import { literal, type Random } from '../../../scripts/shop/random.ts';
import type { Place, Schemas } from '../place.ts';
import { desiredSelect } from './oracle.ts';
import { typeOf, type ColumnSpec, type ProjectSpec, type TargetSpec } from './spec.ts';
import { drawKeyValue, drawValue } from './values.ts';

export interface Scene {
  readonly place: Place;
  readonly schemas: Schemas;
  readonly random: Random;
}

export const tableOf = (schemas: Schemas, target: TargetSpec): string =>
  `"${schemas.targets}".${target.name}`;

const typed = (target: TargetSpec, column: ColumnSpec): string =>
  `${column.name} ${target.mapped.find(({ name }) => name === column.name)?.type ?? typeOf[column.kind]}`;

/** Makes the table anew, with its declared types. */
export const emptyTarget = async (
  place: Place,
  schemas: Schemas,
  target: TargetSpec,
  order: readonly ColumnSpec[] = target.columns,
): Promise<void> => {
  const columns = order.map((column) => typed(target, column));
  const key = target.primaryKey ? [`primary key (${target.key.map(({ name }) => name).join(', ')})`] : [];
  await place.execute(`drop table if exists ${tableOf(schemas, target)}`);
  await place.execute(`create table ${tableOf(schemas, target)} (${[...columns, ...key].join(', ')})`);
};

/** Fills it from staging, as dbt would. Columns that are not mapped keep, by key, what `old` has in them. */
const buildTarget = async (
  { place, schemas }: Omit<Scene, 'random'>,
  target: TargetSpec,
  { sources }: ProjectSpec,
  old?: string,
): Promise<void> => {
  const tables = {
    sources: new Set(sources.map(({ name }) => name)),
    sourceSchema: schemas.staging,
    targetSchema: schemas.targets,
  };
  const names = target.mapped.map(({ name }) => name);
  const match = target.key.map(({ name }) => `d.${name} is not distinct from o.${name}`).join(' and ');
  const others = ['note', 'state'].filter((name) => !names.includes(name));
  const own = others.map((name) => (old === undefined ? `'theirs'` : `o.${name}`));
  const from = old === undefined ? '' : `left join ${old} as o on ${match}`;
  await place.executeByOthers([
    `insert into ${tableOf(schemas, target)} (${[...names, ...others].join(', ')})
     select ${[...names.map((name) => `d.${name}`), ...own].join(', ')} from (${desiredSelect(target, tables)}) as d ${from}`,
  ]);
};

/** Drops it and builds it anew; its columns in another order, if need be. */
export const rebuildTarget = async (
  scene: Scene,
  target: TargetSpec,
  project: ProjectSpec,
  order = target.columns,
): Promise<void> => {
  const { place, schemas } = scene;
  const old = `"${schemas.rebuilt}".${target.name}`;
  await place.execute(`create schema if not exists "${schemas.rebuilt}"`);
  await place.execute(`create table ${old} as select * from ${tableOf(schemas, target)}`);
  await emptyTarget(place, schemas, target, order);
  await buildTarget(scene, target, project, old);
  await place.execute(`drop table ${old}`);
};

const fillThis = async ({ place, schemas, random }: Scene, target: TargetSpec): Promise<void> => {
  const rows = new Map<string, string>();
  for (let row = 0; row < 10; row += 1) {
    const key = target.key.map(({ kind }) => drawKeyValue(random, kind));
    const values = target.columns
      .slice(key.length)
      .map((column) => drawValue(random, column.kind, column.name));
    rows.set(
      key.join(),
      `insert into ${tableOf(schemas, target)} values (${[...key, ...values].join(', ')})`,
    );
  }
  for (const statement of rows.values()) await place.execute(statement);
};

/** Makes it differ from its mapping: a row goes, cells change, a row comes that nobody knows. */
export const spoilTarget = async ({ place, schemas, random }: Scene, target: TargetSpec): Promise<void> => {
  const [first] = target.key;
  if (first === undefined) return;
  const table = tableOf(schemas, target);
  const column = random.oneOf(
    target.mapped.filter(({ name }) => !target.key.some((part) => part.name === name)),
  );
  const isOdd = first.kind === 'text' ? `length(${first.name}) > 1` : `${first.name} % 2 = 1`;
  const names = target.key.map(({ name }) => name);
  const strange = target.key.map(({ kind }) =>
    kind === 'text' ? literal(`not of ${target.name}`) : String(7000 + (target.name.codePointAt(6) ?? 0)),
  );
  const match = names.map((name, at) => `${name} = ${strange[at] ?? 'null'}`).join(' and ');
  await place.executeByOthers([
    `delete from ${table} where ${first.name} = ${first.kind === 'text' ? "'a'" : '3'}`,
    `update ${table} set ${column.name} = null where ${isOdd}`,
    `delete from ${table} where ${match}`,
    `insert into ${table} (${names.join(', ')}, note) values (${strange.join(', ')}, 'not ours')`,
  ]);
};

/** The tables that are there before the first run; one that reads a table which is yet to be made stays empty. */
export const prebuild = async (scene: Scene, project: ProjectSpec): Promise<void> => {
  const { place, schemas } = scene;
  const made = new Set(project.sources.map(({ name }) => name));
  await place.execute(`create schema "${schemas.targets}"`);
  for (const target of project.targets) {
    if (target.begins === 'absent') continue;
    made.add(target.name);
    await emptyTarget(place, schemas, target);
    if (target.from === undefined) {
      await fillThis(scene, target);
      continue;
    }
    const reads = [target.from, ...target.joins.map(({ relation }) => relation)];
    if (target.begins === 'empty' || !reads.every(({ name }) => made.has(name))) continue;
    await buildTarget(scene, target, project);
    if (target.begins === 'other') await spoilTarget(scene, target);
  }
};
