// One message to an address over HTTP, within its time, tried a second time where the other side stumbled.
// What goes wrong is said without the address: it is a secret.

interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const describe = (error: unknown, timeoutMs: number): string => {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code: unknown =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? `no connection (${code})` : 'no connection';
};

const attempt = async ({ url, body, headers, timeoutMs }: Post, signal: AbortSignal) => {
  try {
    // A redirection would take the message, and what it is signed by, to somebody else.
    const response = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' });
    await response.body?.cancel();
    if (response.ok) return { done: true } as const;
    const again = response.status >= 500 || response.status === 429;
    return {
      done: false,
      again,
      why: `HTTP ${response.status === 0 ? 'redirection' : response.status}`,
    } as const;
  } catch (error) {
    return { done: false, again: !signal.aborted, why: describe(error, timeoutMs) } as const;
  }
};

const pauseMs = 200;

/** Answers what went wrong; nothing where it arrived. */
export const post = async (message: Post): Promise<string | undefined> => {
  const signal = AbortSignal.timeout(message.timeoutMs);
  const first = await attempt(message, signal);
  if (first.done) return undefined;
  if (!first.again) return first.why;
  await new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });
  const second = await attempt(message, signal);
  return second.done ? undefined : second.why;
};
