// The order of begin, work and end, and what becomes of the errors on the way.
import { describe, expect, it } from 'vitest';
import { TidemarkError } from '../../src/errors/tidemark-error.ts';
import { runTransaction, type TransactionSteps } from '../../src/warehouse/run-transaction.ts';

const recorded = (overrides: Partial<TransactionSteps> = {}): { steps: TransactionSteps; log: string[] } => {
  const log: string[] = [];
  const step = (name: 'begin' | 'commit' | 'rollback') => async (): Promise<void> => {
    log.push(name);
    await overrides[name]?.();
  };
  return { log, steps: { begin: step('begin'), commit: step('commit'), rollback: step('rollback') } };
};

const failing = (error: Error) => async (): Promise<never> => {
  throw error;
};

describe('a transaction', () => {
  it('commits what returns', async () => {
    const { steps, log } = recorded();
    expect(await runTransaction(steps, async () => 7)).toBe(7);
    expect(log).toEqual(['begin', 'commit']);
  });

  it('rolls back what throws, and throws the same', async () => {
    const { steps, log } = recorded();
    const mistake = new Error('mistake');
    await expect(runTransaction(steps, failing(mistake))).rejects.toBe(mistake);
    expect(log).toEqual(['begin', 'rollback']);
  });

  it('does not roll back what did not begin, nor what failed to commit', async () => {
    const broken = new Error('broken');
    const neverBegun = recorded({ begin: failing(broken) });
    await expect(runTransaction(neverBegun.steps, async () => 1)).rejects.toBe(broken);
    expect(neverBegun.log).toEqual(['begin']);
    const notCommitted = recorded({ commit: failing(broken) });
    await expect(runTransaction(notCommitted.steps, async () => 1)).rejects.toBe(broken);
    expect(notCommitted.log).toEqual(['begin', 'commit']);
  });

  it('joins a failed rollback to the first error, whose code and hint stay', async () => {
    const second = new Error('second');
    const { steps } = recorded({ rollback: failing(second) });
    const first = new TidemarkError('disk_full', {
      message: 'first',
      hint: 'make room',
      details: { kind: 'other' },
    });
    const thrown: unknown = await runTransaction(steps, failing(first)).catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: 'disk_full',
      message: 'first',
      hint: 'make room',
      details: { kind: 'other' },
    });
    expect((thrown as Error).cause).toMatchObject({ errors: [first, second] });
    const plain = new Error('plain');
    await expect(runTransaction(steps, failing(plain))).rejects.toMatchObject({ errors: [plain, second] });
  });

  it('does not ask a lost connection to roll back', async () => {
    const { steps, log } = recorded();
    const lost = new TidemarkError('connection_lost', { message: 'gone' });
    await expect(runTransaction(steps, failing(lost))).rejects.toBe(lost);
    expect(log).toEqual(['begin']);
  });
});
