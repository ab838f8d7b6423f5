// What befalls staging tables: half a load, a row twice, a row without a key, and columns that come, go, move, or
// get another name or type; the table dropped.
import type { Random } from '../../../scripts/shop/random.ts';
import type { ColumnSpec, SourceSpec } from '../random-dictionary/spec.ts';
import type { ShapedColumn } from '../random-dictionary/staging.ts';
import { writeMappings } from '../random-dictionary/mapping-files.ts';
import { renameIn, type Renaming } from './renamed.ts';
import type { Harm, Remedy, Scene, SourceAct } from './scene.ts';

const restored = async ({ staging, spec }: Scene, { name }: SourceSpec): Promise<Remedy> => {
  for (const source of spec.sources) if (source.name === name) await staging.restore(source);
  return {};
};

const guards = ['guard_deletes', 'guard_empty'] as const;

/** Rows are missing: the load is not complete, or has not begun. */
const halfLoad: SourceAct = async ({ random, staging }, source) => {
  const rest = random.oneOf(['', ' where coalesce(ref_int, 0) <= 3', ' where coalesce(ref_int, 9) > 1']);
  await staging.damage(source, [`delete from ${staging.table(source)}${rest}`]);
  return {
    relation: source.name,
    codes: guards,
    readers: guards,
    breaksBuilds: false,
    mend: (scene) => restored(scene, source),
  };
};

const spoiled = (source: SourceSpec, more: Partial<Harm>): Harm => ({
  relation: source.name,
  codes: [],
  readers: [],
  breaksBuilds: true,
  mend: (scene) => restored(scene, source),
  ...more,
});

const rowTwice: SourceAct = async ({ staging, place }, source) => {
  if (source.primaryKey) return undefined;
  const table = staging.table(source);
  const key = source.key.map(({ name }) => name).join(', ');
  await staging.damage(source, [`insert into ${table} select * from ${table} order by ${key} limit 1`]);
  // A row that does not count does no harm.
  const conditions = [
    ...(source.where === undefined ? [] : [`(${source.where}) is true`]),
    ...(source.deleted === undefined ? [] : [`(${source.deleted}) is not true`]),
  ];
  const alive = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const twice = await place.rows(
    `select 1 from ${table} as ${source.name}${alive} group by ${key} having count(*) > 1`,
  );
  return spoiled(source, {
    codes: ['duplicate_row'],
    mustBeNoticed: twice.length > 0 && !source.watermark,
  });
};

const rowWithoutKey: SourceAct = async ({ staging }, source) => {
  if (source.primaryKey || source.key.every(({ nullable }) => nullable)) return undefined;
  await staging.damage(source, [
    `insert into ${staging.table(source)} (ref_int, label, active) values (3, 'x', true)`,
  ]);
  return spoiled(source, { codes: ['null_key'] });
};

const dropTable: SourceAct = async ({ staging }, source) => {
  await staging.damage(source, [`drop table ${staging.table(source)}`]);
  return spoiled(source, { codes: ['source_missing'], mustBeNoticed: true });
};

const isKey = ({ key }: SourceSpec, name: string): boolean => key.some((column) => column.name === name);

const pickColumn = (random: Random, source: SourceSpec, wanted: (column: ColumnSpec) => boolean) => {
  const found = source.columns.filter(wanted);
  return found.length === 0 ? undefined : random.oneOf(found);
};

const changed = ['source_changed'] as const;

const dropColumn: SourceAct = async ({ random, staging, diary }, source) => {
  const column = pickColumn(random, source, ({ name }) => !isKey(source, name));
  if (column === undefined) return undefined;
  diary.push(`  column ${column.name}`);
  await staging.reshape(
    source,
    staging.shapeOf(source).filter(({ name }) => name !== column.name),
  );
  return spoiled(source, { codes: changed, readers: changed, unlike: [column.name] });
};

const named = ['updated_at', 'removed'];

/** The project takes the new name: mappings, and where the column comes from. */
const follow = async (scene: Scene, renaming: Renaming): Promise<Remedy> => {
  const find = (): SourceSpec | undefined => scene.spec.sources.find(({ name }) => name === renaming.source);
  const before = find();
  if (before !== undefined) scene.staging.rename(before, renaming.from, renaming.to);
  scene.spec = renameIn(scene.spec, renaming);
  writeMappings(scene.folder, scene.spec);
  const after = find();
  if (after !== undefined) await scene.staging.restore(after);
  return {};
};

const renameColumn: SourceAct = async ({ random, staging, diary }, source) => {
  const column = pickColumn(random, source, ({ name }) => !isKey(source, name));
  if (column === undefined) return undefined;
  diary.push(`  column ${column.name}`);
  const shape = staging
    .shapeOf(source)
    .map((each) => (each.name === column.name ? { ...each, name: `${column.name}_new` } : each));
  await staging.reshape(source, shape);
  const renaming = { source: source.name, from: column.name, to: `${column.name}_new` };
  const follows = !named.includes(column.name) && random.chance(2);
  return spoiled(source, {
    codes: changed,
    readers: changed,
    unlike: [renaming.from, renaming.to],
    mend: (scene) => (follows ? follow(scene, renaming) : restored(scene, source)),
  });
};

const otherTypes: Readonly<Partial<Record<ColumnSpec['kind'], readonly string[]>>> = {
  int: ['bigint'],
  big: ['numeric(20, 0)'],
  text: ['varchar(500)', 'text'],
  number: ['numeric(16, 4)', 'numeric(14, 6)', 'double precision'],
  date: ['timestamp'],
};

/** In the end the old type comes back, or the new one stays: those that read the column are told, either way. */
const retypeColumn: SourceAct = async ({ random, staging, diary }, source) => {
  const column = pickColumn(random, source, ({ kind }) => otherTypes[kind] !== undefined);
  if (column === undefined) return undefined;
  const type = random.oneOf(otherTypes[column.kind] ?? []);
  diary.push(`  column ${column.name} ${type}`);
  const shape = staging.shapeOf(source).map((each) => (each.name === column.name ? { ...each, type } : each));
  await staging.reshape(source, shape);
  const stays = random.chance(2);
  return spoiled(source, {
    codes: changed,
    readers: changed,
    unlike: [column.name],
    async mend(scene) {
      if (stays) scene.staging.settle(source, shape);
      await scene.staging.restore(source);
      return { reconcile: scene.spec.targets.map(({ name }) => name) };
    },
  });
};

const harmless =
  (reshaped: (random: Random, shape: readonly ShapedColumn[]) => readonly ShapedColumn[]): SourceAct =>
  async ({ random, staging }, source) => {
    await staging.restore(source, reshaped(random, staging.shapeOf(source)));
    return undefined;
  };

const shuffled = <T>(random: Random, items: readonly T[]): readonly T[] => {
  const left = [...items];
  return items.map(() => left.splice(random.below(left.length), 1)).flat();
};

export const stagingActs: Readonly<Record<string, SourceAct>> = {
  'half a load': halfLoad,
  'no load at all': async (scene, source) => {
    await scene.staging.damage(source, [`delete from ${scene.staging.table(source)}`]);
    return { ...spoiled(source, { codes: guards, readers: guards }), breaksBuilds: false };
  },
  'a row twice': rowTwice,
  'a row without a key': rowWithoutKey,
  'the table dropped': dropTable,
  'a column dropped': dropColumn,
  'a column renamed': renameColumn,
  'a column retyped': retypeColumn,
  'a column added': harmless((random, shape) => [
    ...shape,
    { name: `extra_${random.below(3)}`, type: 'varchar(20)' },
  ]),
  'made anew with another column order': harmless(shuffled),
};
