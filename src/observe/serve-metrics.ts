// A small server beside a schedule: `/metrics` for Prometheus, `/healthz` (the process lives) and `/readyz` (its
// batches go well) for whoever watches over it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { TidemarkError } from '../errors/tidemark-error.ts';

export interface Served {
  readonly metrics: () => string;
  /** Why batches do not go well; nothing while they do. */
  readonly trouble: () => string | undefined;
}

export interface MetricsServer {
  /** `http://127.0.0.1:9464` */
  readonly address: string;
  close(): Promise<void>;
}

export interface ListenPlace {
  readonly host: string;
  /** 0 takes one that is free. */
  readonly port: number;
}

const answer = (request: IncomingMessage, response: ServerResponse, served: Served): void => {
  const say = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'only GET\n');
  switch ((request.url ?? '/').replace(/\?.*$/s, '')) {
    case '/metrics':
      return say(200, served.metrics(), 'text/plain; version=0.0.4; charset=utf-8');
    case '/healthz':
      return say(200, 'alive\n');
    case '/readyz': {
      const trouble = served.trouble();
      return trouble === undefined ? say(200, 'ready\n') : say(503, `${trouble}\n`);
    }
    default:
      return say(404, 'there are /metrics, /healthz and /readyz\n');
  }
};

export const serveMetrics = async ({ host, port }: ListenPlace, served: Served): Promise<MetricsServer> => {
  const server = createServer((request, response) => answer(request, response, served));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new TidemarkError('usage', {
          message: `cannot listen on ${host}:${port}: ${cause.message}`,
          hint: '`--listen HOST:PORT` names another place, `--listen off` none',
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  // The schedule decides when the process ends.
  server.unref();
  const bound = server.address();
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
