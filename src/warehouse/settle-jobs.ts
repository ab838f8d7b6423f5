// Ends all jobs before the first failure is thrown: a job left running would work on a closed snapshot.
import pLimit from 'p-limit';

type Job<T> = () => Promise<T>;

const resultsOf = <T>(outcomes: readonly PromiseSettledResult<T>[]): readonly T[] =>
  outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });

export const settleTogether = async <T>(jobs: readonly Job<T>[], atOnce: number): Promise<readonly T[]> => {
  const limit = pLimit(atOnce);
  return resultsOf(await Promise.allSettled(jobs.map((job) => limit(job))));
};

export const settleInTurn = <T>(jobs: readonly Job<T>[]): Promise<readonly T[]> => settleTogether(jobs, 1);
