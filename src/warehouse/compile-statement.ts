// Turns a statement into SQL text and parameters. DuckDB takes the Postgres form of all that we write
// ($1, double quotes, RETURNING, casts), so one compiler serves both.
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
} from 'kysely';
import type { Statement } from '../sql/fragment.ts';

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

export const compileStatement = (statement: Statement): CompiledQuery =>
  'isRawBuilder' in statement ? statement.compile(compiler) : statement.compile();
