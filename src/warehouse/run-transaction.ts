// Begin, work, commit or roll back: the one order of events, whatever the engine.
import { isConnectionLoss, joinFailures } from './engine-error.ts';

export interface TransactionSteps {
  begin(): Promise<void>;
  /** A commit that fails has ended the transaction by itself. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

const rolledBack = async (steps: TransactionSteps, failure: unknown): Promise<unknown> => {
  // A server that lost the connection rolls back by itself.
  if (isConnectionLoss(failure)) return failure;
  try {
    await steps.rollback();
    return failure;
  } catch (second) {
    return joinFailures(failure, second);
  }
};

export const runTransaction = async <T>(steps: TransactionSteps, work: () => Promise<T>): Promise<T> => {
  await steps.begin();
  let result: T;
  try {
    result = await work();
  } catch (failure) {
    throw await rolledBack(steps, failure);
  }
  await steps.commit();
  return result;
};
