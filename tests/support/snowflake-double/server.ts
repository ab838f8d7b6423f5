// A server that the real driver takes for Snowflake: HTTP by the wire protocol, DuckDB behind it. What it does not model
// it refuses by name; see docs/snowflake.md for what that proves and what it cannot.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { SnowflakeFailure } from './failure.ts';
import { Faults, type Fault, type Mishap } from './faults.ts';
import { userOf, type LoginData } from './login.ts';
import { failed, Queries, typed, type QueryBody, type Reply } from './queries.ts';
import { DoubleSession } from './session.ts';
import { World, type DoubleSetting } from './world.ts';

export interface Double {
  readonly port: number;
  readonly world: World;
  /** All statements that arrived, in their order; replays are none. */
  readonly statements: readonly string[];
  /** How many sessions were opened so far. */
  readonly sessions: () => number;
  fault(fault: Fault): void;
  clearFaults(): void;
  /** The clients of all sessions are gone: what the server does some minutes later. */
  abandon(): Promise<void>;
  stop(): Promise<void>;
}

interface Call {
  readonly url: URL;
  readonly body: unknown;
  readonly token: string | undefined;
}

const ok = (data: unknown = null): Reply => ({ success: true, code: null, message: null, data });

const validity = { session: 3600, master: 14_400 };

class DoubleServer {
  readonly world: World;
  readonly queries: Queries;
  readonly faults = new Faults();
  readonly statements: string[] = [];
  readonly #sessions = new Map<string, DoubleSession>();
  readonly #seen = new Set<string>();
  opened = 0;

  constructor(world: World) {
    this.world = world;
    this.queries = new Queries(world);
  }

  async reply(call: Call): Promise<Reply> {
    const { pathname } = call.url;
    switch (pathname) {
      case '/session/v1/login-request':
        return this.#login(call);
      case '/session/token-request':
        return this.#renew(call);
      case '/session/heartbeat':
        this.#session(call);
        return ok();
      case '/telemetry/send':
        return ok('Log Received');
      case '/session':
        return this.#close(call);
      case '/queries/v1/query-request':
        return this.#query(call);
      case '/queries/v1/abort-request':
        this.queries.abort((call.body as { requestId: string }).requestId);
        return ok();
    }
    const [, id = '', what] = /^\/queries\/([^/]+)\/(result|abort-request)$/.exec(pathname) ?? [];
    const query = this.queries.find(id);
    if (query !== undefined && what === 'abort-request') query.abort.abort();
    if (query !== undefined) return what === 'result' ? query.reply : ok();
    throw new SnowflakeFailure('390404', '02000', `the double does not model the address ${pathname}`);
  }

  async #login({ url, body }: Call): Promise<Reply> {
    const { data } = body as { data: LoginData };
    const user = userOf(this.world.setting, data);
    this.opened += 1;
    const connection = await this.world.instance.connect();
    await connection.run(`set timezone = 'UTC'`);
    const session = new DoubleSession(this.world, connection, {
      id: this.opened,
      user: user.name,
      role: url.searchParams.get('roleName')?.toUpperCase() ?? user.role,
    });
    this.#enter(session, url);
    for (const [name, value] of Object.entries(data.SESSION_PARAMETERS ?? {})) {
      // The driver sends settings of its own as well, which it alone goes by.
      if (!name.startsWith('CLIENT_')) session.setParameter(name, String(value));
    }
    this.#sessions.set(session.token, session);
    return ok({
      token: session.token,
      masterToken: session.masterToken,
      validityInSeconds: validity.session,
      masterValidityInSeconds: validity.master,
      sessionId: session.id,
      displayUserName: user.name,
      serverVersion: 'double',
      parameters: [...session.parameters].map(([name, value]) => ({ name, value: typed(value) })),
      sessionInfo: {
        databaseName: session.database ?? null,
        schemaName: session.schema ?? null,
        warehouseName: session.warehouse ?? null,
        roleName: session.role,
      },
    });
  }

  /** What is asked for at login and does not exist is passed over, and missed later. */
  #enter(session: DoubleSession, { searchParams }: URL): void {
    const fold = (name: string | null): string | undefined =>
      name === null ? undefined : /^".*"$/.test(name) ? name.slice(1, -1) : name.toUpperCase();
    const database = fold(searchParams.get('databaseName'));
    const schema = fold(searchParams.get('schemaName'));
    const warehouse = fold(searchParams.get('warehouse'));
    const { catalog, setting } = this.world;
    if (database !== undefined && catalog.databases.has(database)) {
      session.database = database;
      session.schema = schema !== undefined && catalog.schemas(database).has(schema) ? schema : 'PUBLIC';
    }
    if (warehouse !== undefined && setting.warehouses[warehouse] !== undefined) session.warehouse = warehouse;
  }

  async abandon(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await session.end();
  }

  #session({ token }: Call): DoubleSession {
    const session = token === undefined ? undefined : this.#sessions.get(token);
    if (session === undefined)
      throw new SnowflakeFailure(
        '390104',
        '08001',
        'Session no longer exists.  New login required to access the service.',
      );
    if (session.expired)
      throw new SnowflakeFailure('390112', '08001', 'Your session token has expired. Please renew it.');
    return session;
  }

  #renew({ body, token }: Call): Reply {
    const { oldSessionToken } = body as { oldSessionToken: string };
    const session = this.#sessions.get(oldSessionToken);
    if (session === undefined || session.masterToken !== token)
      throw new SnowflakeFailure(
        '390114',
        '08001',
        'Authentication token has expired.  The user must authenticate again.',
      );
    this.#sessions.delete(oldSessionToken);
    session.token = crypto.randomUUID();
    session.expired = false;
    this.#sessions.set(session.token, session);
    return ok({
      sessionToken: session.token,
      validityInSecondsST: validity.session,
      masterToken: session.masterToken,
      validityInSecondsMT: validity.master,
      sessionId: session.id,
    });
  }

  async #close(call: Call): Promise<Reply> {
    const session = this.#session(call);
    this.#sessions.delete(session.token);
    await session.end();
    return ok();
  }

  async #query(call: Call): Promise<Reply> {
    const session = this.#session(call);
    const body = call.body as QueryBody;
    const requestId = call.url.searchParams.get('requestId') ?? '';
    if (!this.#seen.has(requestId)) {
      const mishap = this.faults.take(body.sqlText);
      if (mishap !== undefined && mishap.kind !== 'cut-after') return this.#befall(mishap, session);
      this.#seen.add(requestId);
      this.statements.push(body.sqlText);
      const { reply } = this.queries.ask(requestId, session, body);
      const answer = await reply;
      if (mishap === undefined) return answer;
      throw new Cut();
    }
    return this.queries.ask(requestId, session, body).reply;
  }

  #befall(mishap: Exclude<Mishap, { kind: 'cut-after' }>, session: DoubleSession): Reply {
    switch (mishap.kind) {
      case 'cut-before':
        throw new Cut();
      case 'http':
        throw new HttpStatus(mishap.status);
      case 'fail':
        return failed(
          new SnowflakeFailure(mishap.code, mishap.sqlState, mishap.message),
          crypto.randomUUID(),
        );
      case 'expire':
        if (mishap.forGood) session.masterToken = crypto.randomUUID();
        session.expired = true;
        throw new SnowflakeFailure('390112', '08001', 'Your session token has expired. Please renew it.');
    }
  }

  async stop(): Promise<void> {
    this.queries.abortAll();
    for (const session of this.#sessions.values()) await session.end();
    this.#sessions.clear();
    this.world.close();
  }
}

class Cut extends Error {}

class HttpStatus extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
};

const answer = async (
  server: DoubleServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const chunk = server.queries.chunk(url.pathname);
  if (chunk !== undefined) {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(chunk);
    return;
  }
  const token = /^Snowflake Token="(.*)"$/.exec(request.headers.authorization ?? '')?.[1];
  let reply: Reply;
  try {
    reply = await server.reply({ url, body: await bodyOf(request), token });
  } catch (error) {
    if (error instanceof Cut) {
      request.socket.destroy();
      return;
    }
    if (error instanceof HttpStatus) {
      response.writeHead(error.status).end();
      return;
    }
    reply = failed(error, null);
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
};

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

export const startDouble = async (setting: DoubleSetting): Promise<Double> => {
  const server = new DoubleServer(await World.open(setting));
  const http = createServer((request, response) => {
    void answer(server, request, response);
  });
  const port = await listen(http);
  server.queries.origin = `http://127.0.0.1:${port}`;
  return {
    port,
    world: server.world,
    statements: server.statements,
    sessions: () => server.opened,
    fault: (fault) => {
      server.faults.add(fault);
    },
    clearFaults: () => {
      server.faults.clear();
    },
    abandon: () => server.abandon(),
    async stop() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await server.stop();
    },
  };
};
