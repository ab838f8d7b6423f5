// Stands between a run and its server: cuts the connections, loses an answer, or holds what is sent until the
// test has done something else on the server.
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { StatementEvent } from '../../src/warehouse/statement-channel.ts';
import { listening } from './statements.ts';

export interface PostgresProxy {
  /** The same database through the proxy. */
  readonly url: string;
  /** Breaks every connection that is open now; new ones are let through. */
  cut(): void;
  /** The next thing that the server says is lost, and with it the connection; the other ones that are open break
   *  when they are next used, which is when a client finds out. */
  loseNextAnswer(): void;
  /** Keeps back what is sent to the server from now on. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  doomed: boolean;
}

export const startProxy = async (target: string): Promise<PostgresProxy> => {
  const { hostname, port } = new URL(target);
  const pairs = new Set<Pair>();
  let held: (() => void)[] | undefined;
  let losing = false;

  const cut = (): void => {
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
    pairs.clear();
  };

  const listener = createServer((client) => {
    const server = connect(Number(port), hostname);
    const pair: Pair = { client, server, doomed: false };
    pairs.add(pair);
    const end = (): void => {
      client.destroy();
      server.destroy();
      pairs.delete(pair);
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    client.on('data', (data) => {
      const forward = () => void server.write(data);
      if (pair.doomed) end();
      else if (held === undefined) forward();
      else held.push(forward);
    });
    server.on('data', (data) => {
      if (losing) {
        losing = false;
        for (const each of pairs) each.doomed = true;
        end();
      } else client.write(data);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const url = new URL(target);
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0);

  return {
    url: url.href,
    cut,
    loseNextAnswer: () => {
      losing = true;
    },
    hold: () => {
      held ??= [];
    },
    release: () => {
      const waiting = held ?? [];
      held = undefined;
      for (const forward of waiting) forward();
    },
    close: async () => {
      cut();
      const closed = once(listener, 'close');
      listener.close();
      await closed;
    },
  };
};

interface Pause {
  /** Whether the work is to stand before this statement. */
  readonly before: (statement: string) => boolean;
  /** What happens while it stands. */
  readonly meanwhile: () => Promise<unknown>;
  /** How often; once unless told otherwise. */
  readonly times?: number;
}

/** Runs the work and has it stand at some of its statements, before they reach the server. */
export const pausing = async <T>(proxy: PostgresProxy, pause: Pause, work: () => Promise<T>): Promise<T> => {
  const { times = 1 } = pause;
  let stood = 0;
  let done: Promise<unknown> = Promise.resolve();
  const onStatement = (event: StatementEvent): void => {
    if (stood === times || event.phase !== 'before' || !pause.before(event.sql)) return;
    stood += 1;
    proxy.hold();
    done = pause.meanwhile().finally(() => {
      proxy.release();
    });
    done.catch(() => undefined);
  };
  let result: T;
  try {
    result = await listening(onStatement, work);
  } finally {
    await done;
  }
  if (stood !== times) throw new Error(`the work stood ${stood} times instead of ${times}`);
  return result;
};
