// Where mapping tests run: schemas of their own, in memory or in the project's warehouse, emptied between groups of
// tests and dropped at the end.
import type { Project, SchemaName, Schemas } from '../../project/project.ts';
import { id, sql, table } from '../../sql/fragment.ts';
import { migrate } from '../../store/migrate.ts';
import type { StateTable } from '../../store/state.ts';
import { inMemoryType, openInMemory } from '../../warehouse/in-memory.ts';
import type { Session, Warehouse } from '../../warehouse/port.ts';
import { freshPrefix, sweepLeftBehind } from './left-behind.ts';

export interface Bench {
  readonly warehouse: Warehouse;
  /** The project with the bench's schemas and without limits. */
  readonly project: Project;
  readonly isOwnWarehouse: boolean;
  /** The type of a column here. */
  typeOf(type: string): string;
  /** As if nothing had ever run. */
  clear(): Promise<void>;
  /** Drops what was made; whoever opened a warehouse closes it. */
  remove(): Promise<void>;
}

const unlimited = { deletesPercent: 100, touchedPercent: 100, floor: Number.MAX_SAFE_INTEGER };

const schemasNamed = (prefix: string): Schemas => ({
  staging: { schema: `${prefix}_staging` },
  mirrors: { schema: `${prefix}_mirrors` },
  targets: { schema: `${prefix}_targets` },
  state: { schema: `${prefix}_state` },
});

const made = (schemas: Schemas): readonly SchemaName[] => [schemas.staging, schemas.mirrors, schemas.targets];

const recreate = async (session: Session, schemas: Schemas): Promise<void> => {
  for (const { schema } of made(schemas)) {
    await session.execute(sql`drop schema if exists ${id(schema)} cascade`);
    await session.execute(sql`create schema ${id(schema)}`);
  }
};

/** What says that our tables are there, and whose they are. */
const kept = new Set<string>(['schema_version', 'project', 'lease'] satisfies StateTable[]);

const forget = async (warehouse: Warehouse, { state: own }: Schemas): Promise<void> => {
  const names = await warehouse.tablesIn(own.schema);
  const filled = names.filter((name) => !kept.has(name));
  await warehouse.session(async (session) => {
    for (const name of filled) await session.execute(sql`delete from ${table({ ...own, name })}`);
  });
};

interface Place {
  readonly warehouse: Warehouse;
  readonly project: Project;
  readonly schemas: Schemas;
  readonly isOwnWarehouse: boolean;
  readonly typeOf: Bench['typeOf'];
}

const benchAt = ({ warehouse, project, schemas, isOwnWarehouse, typeOf }: Place): Bench => {
  let fresh = true;
  return {
    warehouse,
    project: { ...project, schemas, limits: unlimited, manifest: undefined },
    isOwnWarehouse,
    typeOf,
    clear: async () => {
      await warehouse.session((session) => recreate(session, schemas));
      if (fresh) await migrate(warehouse, schemas.state);
      else await forget(warehouse, schemas);
      fresh = false;
    },
    remove: async () => {
      if (!isOwnWarehouse) return warehouse.close();
      // Where an engine keeps scratch beside our tables, it is in a schema named after theirs.
      const own = [...made(schemas), schemas.state, { schema: `${schemas.state.schema}_scratch` }];
      return warehouse.session(async (session) => {
        for (const { schema } of own) await session.execute(sql`drop schema if exists ${id(schema)} cascade`);
      });
    },
  };
};

export const benchInMemory = async (project: Project): Promise<Bench> =>
  benchAt({
    warehouse: await openInMemory(),
    project: { ...project, connection: { type: 'duckdb', path: ':memory:' } },
    schemas: schemasNamed('tidemark_test'),
    isOwnWarehouse: false,
    typeOf: inMemoryType,
  });

/** Those of a bench that was killed are swept first. */
export const benchOn = async (warehouse: Warehouse, project: Project): Promise<Bench> => {
  const now = Date.now();
  await sweepLeftBehind(warehouse, now);
  return benchAt({
    warehouse,
    project,
    schemas: schemasNamed(freshPrefix(now)),
    isOwnWarehouse: true,
    typeOf: (type) => type,
  });
};
