// Brings our own tables to the newest version, in one transaction, by writing commands only.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TidemarkError } from '../errors/tidemark-error.ts';
import { inPackage } from '../project/package-root.ts';
import type { SchemaName } from '../project/project.ts';
import { showTable } from '../sql/table-name.ts';
import { id, sql, table, verbatim } from '../sql/fragment.ts';
import { ensureSchema } from '../warehouse/ensure-schema.ts';
import type { Session, Warehouse } from '../warehouse/port.ts';
import { isThere } from './existing.ts';
import { state, stateTable } from './state.ts';

interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

const migrationsOf = async (engine: string): Promise<readonly Migration[]> => {
  const folder = inPackage('sql', engine);
  const names = (await readdir(folder)).filter((name) => /^\d{3}_.*\.sql$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      const statements = text
        .replaceAll(/^--.*$/gm, '')
        .split(/;\s*$/m)
        .map((statement) => statement.trim())
        .filter((statement) => statement !== '');
      return { version: Number.parseInt(name, 10), statements };
    }),
  );
};

const quotedSchema = (schema: SchemaName) =>
  schema.database === undefined ? id(schema.schema) : id(schema.database, schema.schema);

/** Version of our tables in this warehouse; 0 where there are none. */
export const stateVersion = async (warehouse: Warehouse, schema: SchemaName): Promise<number> => {
  if (!(await isThere(warehouse, schema, 'schema_version'))) return 0;
  return warehouse.session(async (session) => versionIn(session, schema));
};

const versionIn = async (session: Session, schema: SchemaName): Promise<number> => {
  const rows = await session.rows<{ version: number | null }>(
    sql`select max(version) as version from ${state(schema, 'schema_version')}`,
  );
  return rows[0]?.version ?? 0;
};

const tooNew = (schema: SchemaName, found: number, known: number): TidemarkError =>
  new TidemarkError('state_newer', {
    message: `\`${showTable(stateTable(schema, 'schema_version'))}\` is at version ${found}, this tidemark knows versions up to ${known}`,
    hint: 'run the newer tidemark that wrote it',
  });

/** Where DDL stands in no transaction, each statement may be run again by whoever finds the work half done. */
const apply = (warehouse: Warehouse, schema: SchemaName, migrations: readonly Migration[]): Promise<void> => {
  const work = (session: Session): Promise<void> => applyOn(warehouse, session, schema, migrations);
  return warehouse.dialect.capabilities.transactionalDdl
    ? warehouse.transaction(work)
    : warehouse.session(work);
};

const applyOn = async (
  { dialect }: Warehouse,
  session: Session,
  schema: SchemaName,
  migrations: readonly Migration[],
): Promise<void> => {
  const versions = table(stateTable(schema, 'schema_version'));
  await ensureSchema(session, dialect, schema);
  await session.execute(
    sql`create table if not exists ${versions} (version integer primary key, applied_at timestamptz not null)`,
  );
  if (dialect.capabilities.locksByReading) {
    await session.execute(sql`lock table ${versions} in exclusive mode`);
  }
  const current = await versionIn(session, schema);
  for (const migration of migrations.filter((each) => each.version > current)) {
    for (const statement of migration.statements) {
      const [head, ...rest] = statement.split('{state}');
      const parts = [verbatim(head ?? ''), ...rest.flatMap((part) => [quotedSchema(schema), verbatim(part)])];
      await session.execute(sql.join(parts, verbatim('')));
    }
    await session.execute(
      sql`insert into ${versions} (version, applied_at) values (${sql.lit(migration.version)}, ${dialect.clock()})`,
    );
  }
};

/** Two processes that migrate an empty warehouse at once collide on the schema's own catalog rows, which no lock
 *  covers; the loser only has to look again. */
const attempts = 3;

/** Answers the version that our tables have now. */
export const migrate = async (warehouse: Warehouse, schema: SchemaName): Promise<number> => {
  const migrations = await migrationsOf(warehouse.dialect.engine);
  const newest = migrations.at(-1)?.version ?? 0;
  for (let attempt = 1; ; attempt += 1) {
    const current = await stateVersion(warehouse, schema);
    if (current > newest) throw tooNew(schema, current, newest);
    if (current === newest) return newest;
    try {
      await apply(warehouse, schema, migrations);
    } catch (error) {
      if (attempt === attempts || !warehouse.dialect.capabilities.concurrentWriters) throw error;
    }
  }
};
