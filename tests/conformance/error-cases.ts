// Failures of the engine arrive as our codes, with what the engine said.
import { describe, expect, it } from 'vitest';
import { sql, table } from '../../src/sql/fragment.ts';
import { isTidemarkError, type TidemarkError } from '../../src/errors/tidemark-error.ts';
import { freshTable, without, type Engine, type Use } from './harness.ts';

export const errorCases = (engine: Engine, use: Use): void => {
  const failureOf = async (...texts: readonly string[]): Promise<TidemarkError> => {
    try {
      await use().session(async (session) => {
        for (const text of texts) await session.execute(sql.raw(text));
      });
    } catch (error) {
      if (isTidemarkError(error)) return error;
      throw error;
    }
    throw new Error(`did not fail: ${texts.join('; ')}`);
  };

  describe('errors', () => {
    const mistaken: readonly (readonly [kind: string, text: string])[] = [
      ['value', `select cast('x' as integer)`],
      ...(without(engine, 'narrow integers')
        ? []
        : ([
            ['value', `select cast('99999999999' as integer)`],
            ['value', `select cast(2147483647 as integer) + cast(1 as integer)`],
          ] as const)),
      ['value', `select cast('2024-13-01' as date)`],
      ['missing_object', 'select 1 from shop.no_such_table'],
      ['missing_object', 'select no_such_column from (select 1 as n) q'],
      ['missing_object', 'select no_such_function(1)'],
      ['syntax', 'selec 1'],
    ];

    it.each(mistaken)('%s: %s', async (kind, text) => {
      const failure = await failureOf(text);
      expect(failure.code).toBe('sql_failed');
      expect(failure.details['kind']).toBe(kind);
      expect(failure.details['engineMessage']).toBeTypeOf('string');
      expect(failure.details['engineCode']).toBeTypeOf('string');
      expect(failure.message).not.toBe('');
      expect(failure.cause).toBeInstanceOf(Error);
    });

    const violating: readonly (readonly [what: string, text: string])[] = [
      ...(without(engine, 'keys') ? [] : [['a duplicate key', 'insert into T values (1, 1)'] as const]),
      ['a NULL', 'insert into T values (2, null)'] as const,
      ...(without(engine, 'checks') ? [] : [['a failed check', 'insert into T values (3, -1)'] as const]),
    ];

    it.each(violating)('%s violates a constraint', async (_what, text) => {
      const name = `${freshTable('constrained').schema}.${freshTable('constrained').name}`;
      const failure = await failureOf(
        `create table ${name} (id integer primary key, n integer not null${without(engine, 'checks') ? '' : ' check (n > 0)'})`,
        `insert into ${name} values (1, 1)`,
        text.replace('T', name),
      );
      expect(failure.code).toBe('constraint_violated');
      expect(failure.details['kind']).toBe('constraint');
      expect(failure.retryable).toBe(false);
    });

    it.skipIf(without(engine, 'keys'))('keep the table of a failed statement as it was', async () => {
      const name = freshTable('kept');
      await use().session((session) =>
        session.execute(sql`create table ${table(name)} (n integer primary key)`),
      );
      const work = use().session((session) =>
        session.execute(sql`insert into ${table(name)} values (1), (2), (1)`),
      );
      await expect(work).rejects.toMatchObject({ code: 'constraint_violated' });
      const rows = await use().session((session) => session.rows(sql`select n from ${table(name)}`));
      expect(rows).toEqual([]);
    });
  });
};
