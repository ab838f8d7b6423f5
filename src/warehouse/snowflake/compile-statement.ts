// Statements as Snowflake takes them: `?` for what is bound, names in double quotes, backslashes in texts doubled.
import {
  DefaultQueryCompiler,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  type CompiledQuery,
} from 'kysely';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { Statement } from '../../sql/fragment.ts';
import { quoteWords } from './quote-words.ts';

const impossible = (what: string): TidemarkError =>
  new TidemarkError('internal', { message: `Snowflake knows no ${what}` });

class SnowflakeQueryCompiler extends DefaultQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '?';
  }

  protected override sanitizeStringLiteral(value: string): string {
    return value.replaceAll('\\', '\\\\').replaceAll("'", "''");
  }

  protected override visitReturning(): void {
    throw impossible('RETURNING');
  }

  protected override visitOnConflict(): void {
    throw impossible('ON CONFLICT');
  }
}

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new SnowflakeQueryCompiler(),
  },
});

export const compileForSnowflake = (statement: Statement): CompiledQuery => {
  const compiled = 'isRawBuilder' in statement ? statement.compile(compiler) : statement.compile();
  return { ...compiled, sql: quoteWords(compiled.sql) };
};
