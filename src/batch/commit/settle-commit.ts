// A COMMIT without an answer: whether the batch happened is found out by waiting for the old transaction to end (it
// holds the token row) and looking for the batch's row.
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import { batchOfRun } from '../../store/batches.ts';
import type { CommitFacts } from './commit.ts';
import type { BatchContext } from '../context.ts';

/** What broke one connection may have broken the others that lie ready: each is found out by using it. */
const tries = 10;

const ask = (context: BatchContext, facts: CommitFacts): Promise<number | undefined> =>
  context.warehouse.transaction(async (session) => {
    // The lock is what counts here, whoever holds the lease by now: a batch that happened is a batch.
    await facts.lease.check(session).catch((cause: unknown) => {
      if (!isTidemarkError(cause) || cause.code !== 'lease_lost') throw cause;
    });
    return batchOfRun(session, context.project.schemas.state, facts.runId);
  });

const isLost = (error: unknown): boolean =>
  isTidemarkError(error) && (error.code === 'connection_lost' || error.code === 'commit_unknown');

const askUntilAnswered = async (context: BatchContext, facts: CommitFacts): Promise<number | undefined> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask(context, facts);
    } catch (error) {
      if (!isLost(error) || attempt === tries) throw error;
    }
  }
};

/** Nobody can say whether the batch is there; the next run sees it either way. */
const unsettled = (facts: CommitFacts, cause: unknown): TidemarkError =>
  new TidemarkError('commit_unknown', {
    message:
      'the connection broke during the commit and could not be made again: the batch is either there whole or not at all',
    hint: 'run again: it starts from what is there; `tidemark history` lists the batch if it was committed',
    details: { runId: facts.runId, unsettled: true },
    cause,
  });

/** The number of the batch that was committed; throws when it was not, or when that cannot be known. */
export const settleCommit = async (
  context: BatchContext,
  facts: CommitFacts,
  error: TidemarkError,
): Promise<number> => {
  const batch = await askUntilAnswered(context, facts).catch((cause: unknown) => {
    throw unsettled(facts, cause);
  });
  if (batch !== undefined) return batch;
  throw new TidemarkError('connection_lost', {
    message: 'the connection broke during the commit; the batch was not committed, nothing was written',
    hint: 'run again',
    cause: error,
  });
};
