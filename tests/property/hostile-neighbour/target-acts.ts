// What dbt and people do to targets: built anew, edited, emptied, dropped, robbed of a column, given a row twice.
import type { Random } from '../../../scripts/shop/random.ts';
import { literal } from '../../../scripts/shop/random.ts';
import { tableName } from '../../../src/sql/table-name.ts';
import { desiredSelect } from '../random-dictionary/oracle.ts';
import { emptyTarget, rebuildTarget, spoilTarget, tableOf } from '../random-dictionary/prebuilt.ts';
import { typeOf, type ColumnSpec, type ProjectSpec, type TargetSpec } from '../random-dictionary/spec.ts';
import { drawKeyValue, drawValue } from '../random-dictionary/values.ts';
import type { Scene, TargetAct } from './scene.ts';

const isKey = ({ key }: TargetSpec, name: string): boolean => key.some((column) => column.name === name);

/** What the table was, for those whose rows nobody can build from staging. */
const copyOf = ({ schemas }: Scene, { name }: TargetSpec): string => `"${schemas.rebuilt}".kept_${name}`;

const keepCopy = async (scene: Scene, target: TargetSpec): Promise<void> => {
  const { place, schemas } = scene;
  await place.execute(`create schema if not exists "${schemas.rebuilt}"`);
  await place.execute(`drop table if exists ${copyOf(scene, target)}`);
  await place.execute(
    `create table ${copyOf(scene, target)} as select distinct * from ${tableOf(schemas, target)}`,
  );
};

const bringBack = async (scene: Scene, target: TargetSpec): Promise<void> => {
  const { place, schemas } = scene;
  const names = target.columns.map(({ name }) => name).join(', ');
  await emptyTarget(place, schemas, target);
  await place.executeByOthers([
    `insert into ${tableOf(schemas, target)} (${names}) select ${names} from ${copyOf(scene, target)}`,
  ]);
};

const shuffled = (random: Random, items: readonly ColumnSpec[]): readonly ColumnSpec[] => {
  const left = [...items];
  return items.map(() => left.splice(random.below(left.length), 1)).flat();
};

const isOfDbt = ({ from, begins }: TargetSpec): boolean => from !== undefined && begins !== 'absent';

const rebuild =
  (order: (random: Random, target: TargetSpec) => readonly ColumnSpec[]): TargetAct =>
  async (scene, target) => {
    if (isOfDbt(target)) await rebuildTarget(scene, target, scene.spec, order(scene.random, target));
    return undefined;
  };

/** Incremental: some rows are deleted and inserted, as staging has them now. */
const rebuildInPart: TargetAct = async (scene, target) => {
  const { place, schemas, spec, random } = scene;
  const [first] = target.key;
  if (!isOfDbt(target) || first === undefined) return undefined;
  const part = first.kind === 'text' ? `length(${first.name}) > 1` : `${first.name} % 2 = ${random.below(2)}`;
  const names = [
    ...target.mapped,
    ...target.columns.filter(({ name }) => ['note', 'state'].includes(name)),
  ].map(({ name }) => name);
  const filled = [...new Set(names)];
  const values = filled.map((name) =>
    target.mapped.some((column) => column.name === name) ? name : `'theirs'`,
  );
  const tables = {
    sources: new Set(spec.sources.map(({ name }) => name)),
    sourceSchema: schemas.staging,
    targetSchema: schemas.targets,
  };
  await place.executeByOthers([
    `delete from ${tableOf(schemas, target)} where ${part}`,
    `insert into ${tableOf(schemas, target)} (${filled.join(', ')})
     select ${values.join(', ')} from (${desiredSelect(target, tables)}) as d where ${part}`,
  ]);
  return undefined;
};

const edit: TargetAct = async (scene, target) => {
  if (isOfDbt(target)) await spoilTarget(scene, target);
  return undefined;
};

/** The owner of the rows brings some, takes some, and lets others point elsewhere. */
const theirRows: TargetAct = async ({ place, schemas, random }, target) => {
  if (target.from !== undefined) return undefined;
  const table = tableOf(schemas, target);
  const key = target.key.map(({ kind }) => drawKeyValue(random, kind));
  const match = target.key.map(({ name }, at) => `${name} = ${key[at] ?? 'null'}`).join(' and ');
  const refs = target.columns.filter(({ name }) => name.startsWith('ref'));
  const moved = random.oneOf(refs);
  const values = [...key, ...refs.map(({ kind, name }) => drawValue(random, kind, name))];
  const names = [...target.key, ...refs].map(({ name }) => name);
  await place.executeByOthers([
    `update ${table} set ${moved.name} = ${drawValue(random, moved.kind, moved.name)} where row_id % 3 = ${random.below(3)}`,
    `delete from ${table} where ${match}`,
    ...(random.chance(3) ? [] : [`insert into ${table} (${names.join(', ')}) values (${values.join(', ')})`]),
  ]);
  return undefined;
};

const empty: TargetAct = async ({ place, schemas, random }, target) => {
  const table = tableOf(schemas, target);
  await place.executeByOthers([random.chance(2) ? `truncate table ${table}` : `delete from ${table}`]);
  return undefined;
};

/** Others read columns that only its owner fills: a table that we make does not have them. */
const isReadBesides = ({ spec }: Scene, { name }: TargetSpec): boolean =>
  spec.targets.some(({ from, joins, mapped, where }) => {
    const aliases = joins.filter(({ relation }) => relation.name === name).map(({ alias }) => alias);
    const read = [...aliases, ...(from?.name === name ? [name] : [])].map(
      (alias) => `${alias}.note|${alias}.state`,
    );
    const text = JSON.stringify([
      joins.map(({ on }) => on),
      mapped.map(({ expression }) => expression),
      where,
    ]);
    return read.length > 0 && new RegExp(read.join('|')).test(text);
  });

/** It has the columns of the mapping, of the types that the expressions yield, and no others. */
const madeByUs = (spec: ProjectSpec, { name }: TargetSpec): ProjectSpec => ({
  ...spec,
  targets: spec.targets.map((target) =>
    target.name === name
      ? {
          ...target,
          begins: 'absent' as const,
          columns: target.mapped.map((column) => ({ name: column.name, kind: column.kind })),
        }
      : target,
  ),
});

const drop: TargetAct = async (scene, target) => {
  await keepCopy(scene, target);
  await scene.place.execute(`drop table ${tableOf(scene.schemas, target)}`);
  const adopts =
    target.from !== undefined &&
    (target.begins === 'absent' || (!isReadBesides(scene, target) && scene.random.chance(2)));
  return {
    relation: target.name,
    codes: ['target_missing'],
    readers: [],
    breaksBuilds: true,
    mustBeNoticed: true,
    async mend(later) {
      if (adopts) {
        later.spec = madeByUs(later.spec, target);
        return { adopt: [target.name] };
      }
      await bringBack(later, target);
      return {};
    },
  };
};

const dropColumn: TargetAct = async ({ place, schemas, random, diary }, target) => {
  const column = random.oneOf(target.columns.filter(({ name }) => !isKey(target, name)));
  const table = tableOf(schemas, target);
  diary.push(`  column ${column.name}`);
  const [info] = await place.warehouse.introspect([tableName(schemas.targets, target.name)]);
  const type = info?.columns.find(({ name }) => name === column.name)?.type ?? typeOf[column.kind];
  await place.execute(`alter table ${table} drop column ${column.name}`);
  const mapped = target.mapped.find(({ name }) => name === column.name);
  const readsIt = mapped !== undefined || target.from === undefined || column.name === 'touched';
  return {
    relation: target.name,
    codes: readsIt ? ['target_changed'] : [],
    readers: ['target_changed'],
    breaksBuilds: true,
    mustBeNoticed: mapped !== undefined,
    async mend(later) {
      await later.place.execute(`alter table ${table} add column ${column.name} ${type}`);
      return {};
    },
  };
};

const addColumn: TargetAct = async ({ place, schemas, random }, target) => {
  await place.execute(
    `alter table ${tableOf(schemas, target)} add column extra_${random.below(1000)} varchar(20)`,
  );
  return undefined;
};

const twice: TargetAct = async (scene, target) => {
  if (target.primaryKey) return undefined;
  const { place, schemas } = scene;
  const table = tableOf(schemas, target);
  const key = target.key.map(({ name }) => name).join(', ');
  await place.executeByOthers([`insert into ${table} select * from ${table} order by ${key} limit 1`]);
  return {
    relation: target.name,
    codes: ['duplicate_target_key'],
    readers: ['duplicate_target_key', 'ambiguous_lookup'],
    breaksBuilds: true,
    mustBeNoticed: (await place.rows(`select 1 from ${table} limit 1`)).length > 0,
    async mend(later) {
      await keepCopy(later, target);
      await later.place.executeByOthers([
        `delete from ${table}`,
        `insert into ${table} select * from ${copyOf(later, target)}`,
      ]);
      return {};
    },
  };
};

/** A column that no mapping of the target fills, but another target may read. */
const note: TargetAct = async ({ place, schemas, random }, target) => {
  if (!target.columns.some(({ name }) => name === 'note')) return undefined;
  await place.executeByOthers([
    `update ${tableOf(schemas, target)} set note = ${literal(random.oneOf(['a', 'theirs', 'x']))}`,
  ]);
  return undefined;
};

/** They do no lasting harm, and somebody may do them while a batch is under way. */
export const passingActs: Readonly<Record<string, TargetAct>> = {
  'built anew': rebuild((_, { columns }) => columns),
  'built anew with another column order': rebuild((random, { columns }) => shuffled(random, columns)),
  'built in part': rebuildInPart,
  edited: edit,
  'its own rows changed by their owner': theirRows,
  emptied: empty,
};

export const targetActs: Readonly<Record<string, TargetAct>> = {
  ...passingActs,
  'its notes rewritten': note,
  dropped: drop,
  'robbed of a column': dropColumn,
  'given a column': addColumn,
  'given a row twice': twice,
};
