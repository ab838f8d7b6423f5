// What becomes of the codes of the server and of the socket.
import { describe, expect, it } from 'vitest';
import { classifyPostgresError } from '../../src/warehouse/postgres/classify-error.ts';

const coded = (code: string): Error => Object.assign(new Error(`write ${code}`), { code });

describe('a failed statement on Postgres', () => {
  it.each(['EPIPE', 'ECONNRESET', 'EPERM', 'ETIMEDOUT'])('with %s lost its connection', (code) => {
    expect(classifyPostgresError(coded(code))).toMatchObject({ code: 'connection_lost' });
  });

  it.each([
    ['22003', 'sql_failed'],
    ['XX000', 'sql_failed'],
    ['P0001', 'sql_failed'],
    ['23505', 'constraint_violated'],
    ['57P01', 'connection_lost'],
  ])('with %s is %s', (state, code) => {
    expect(classifyPostgresError(coded(state))).toMatchObject({ code });
  });
});
