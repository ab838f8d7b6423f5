// Lets one task through at a time, in the order of arrival.

export type Turnstile = <T>(task: () => Promise<T>) => Promise<T>;

export const turnstile = (): Turnstile => {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
};
