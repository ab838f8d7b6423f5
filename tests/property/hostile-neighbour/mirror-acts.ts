// What others do to mirrors, which nobody but us may write: all of it is set right by the next run.
import type { SourceSpec } from '../random-dictionary/spec.ts';
import type { Scene, SourceAct } from './scene.ts';

const mirrorOf = ({ schemas }: Scene, { name }: SourceSpec): string => `"${schemas.mirrors}".${name}`;

const doing =
  (statements: (mirror: string, source: SourceSpec) => readonly string[]): SourceAct =>
  async (scene, source) => {
    await scene.place.executeByOthers(statements(mirrorOf(scene, source), source));
    return undefined;
  };

export const mirrorActs: Readonly<Record<string, SourceAct>> = {
  'the mirror edited': doing((mirror) => [
    `update ${mirror} set ref_int = 5, label = 'by hand' where coalesce(ref_int, 1) < 4`,
  ]),
  'rows of the mirror deleted': doing((mirror) => [`delete from ${mirror} where coalesce(ref_int, 1) < 3`]),
  'the mirror truncated': doing((mirror) => [`truncate table ${mirror}`]),
  'the mirror dropped': doing((mirror) => [`drop table ${mirror}`]),
  'a column of the mirror dropped': doing((mirror) => [`alter table ${mirror} drop column label`]),
  'a column added to the mirror': doing((mirror) => [`alter table ${mirror} add column theirs varchar(10)`]),
  'a column of the mirror retyped': doing((mirror) => [
    `alter table ${mirror} alter column seen_at type varchar(40)`,
  ]),
  'a strange row in the mirror': doing((mirror, { key }) => [
    `insert into ${mirror} (${key.map(({ name }) => name).join(', ')}, label) values (${key.map(({ kind }) => (kind === 'text' ? `'strange'` : '77')).join(', ')}, 'strange')`,
  ]),
  'a row of the mirror twice': async (scene, source) => {
    // On Postgres our own unique index forbids it, but for keys that may be NULL.
    const forbidden = scene.place.engine === 'postgres' && source.key.every(({ nullable }) => !nullable);
    if (forbidden) return undefined;
    const mirror = mirrorOf(scene, source);
    const key = source.key.map(({ name }) => name).join(', ');
    await scene.place.executeByOthers([
      `insert into ${mirror} select * from ${mirror} order by ${key} limit 1`,
    ]);
    if (!source.keepsDeleted) return undefined;
    // Nothing but this mirror knows of rows that staging has no more: it is not made anew.
    return {
      relation: source.name,
      codes: ['source_changed'],
      readers: [],
      breaksBuilds: false,
      async mend({ place }) {
        await place.executeByOthers([
          `create table ${mirror}_once as select distinct * from ${mirror}`,
          `delete from ${mirror}`,
          `insert into ${mirror} select * from ${mirror}_once`,
          `drop table ${mirror}_once`,
        ]);
        return {};
      },
    };
  },
};
