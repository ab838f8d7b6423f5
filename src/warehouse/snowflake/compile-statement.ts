// Statements as Snowflake takes them: `?` for what is bound, names in double quotes, backslashes in texts doubled.
import {
  DefaultQueryCompiler,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  type CompiledQuery,
  type FunctionNode,
} from 'kysely';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { Statement } from '../../sql/fragment.ts';
import { piecesOf } from './pieces.ts';
import { quoteWords } from './quote-words.ts';
import { spellFilters, spellRowNumbers, spellTruths } from './spell-aggregates.ts';
import { spellFunction } from './spell-functions.ts';
import { spellMerge } from './spell-merge.ts';

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

  protected override visitFunction(node: FunctionNode): void {
    const { before, args, after } = spellFunction(node);
    this.append(before);
    this.compileList(args);
    for (const part of after) {
      if (typeof part === 'string') this.append(part);
      else this.visitNode(part);
    }
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

/** Forms that the server lacks are spelt otherwise, and values bound to them move along. */
export const compileForSnowflake = (statement: Statement): CompiledQuery => {
  const compiled = 'isRawBuilder' in statement ? statement.compile(compiler) : statement.compile();
  const pieces = spellMerge(spellTruths(spellRowNumbers(spellFilters(piecesOf(compiled.sql)))));
  const parameters = pieces.flatMap(({ place }) => (place === undefined ? [] : [compiled.parameters[place]]));
  return { ...compiled, sql: quoteWords(pieces), parameters };
};
