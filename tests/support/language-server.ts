// The yaml-language-server as an editor starts it, spoken to over its standard streams.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

export interface Completion {
  readonly label: string;
  readonly documentation?: unknown;
}

const program = join(
  dirname(createRequire(import.meta.url).resolve('yaml-language-server/package.json')),
  'bin',
  'yaml-language-server',
);

export class LanguageServer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number | string, (result: unknown) => void>();
  readonly #diagnosed = new Map<string, (found: readonly Diagnostic[]) => void>();
  #rest = Buffer.alloc(0);
  #last = 0;

  constructor(folder: string) {
    this.#child = spawn(process.execPath, [program, '--stdio'], { cwd: folder });
    this.#child.stdout.on('data', (data: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, data]);
      this.#read();
    });
  }

  async start(folder: string): Promise<void> {
    await this.#ask('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      capabilities: {
        textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } }, hover: {} },
      },
    });
    this.#tell('initialized', {});
  }

  /** Opens a text as that file; answers what the editor would underline. */
  async open(path: string, text: string): Promise<readonly Diagnostic[]> {
    const uri = pathToFileURL(path).href;
    const found = new Promise<readonly Diagnostic[]>((resolve) => this.#diagnosed.set(uri, resolve));
    this.#tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    return found;
  }

  async complete(path: string, line: number, character: number): Promise<readonly Completion[]> {
    const found = await this.#ask('textDocument/completion', this.#at(path, line, character));
    return (found as { readonly items: readonly Completion[] }).items;
  }

  async hover(path: string, line: number, character: number): Promise<string> {
    return JSON.stringify(await this.#ask('textDocument/hover', this.#at(path, line, character)));
  }

  stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill();
    return ended;
  }

  #at(path: string, line: number, character: number): object {
    return { textDocument: { uri: pathToFileURL(path).href }, position: { line, character } };
  }

  #ask(method: string, params: object): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.#send({ id, method, params });
    return answer;
  }

  #tell(method: string, params: object): void {
    this.#send({ method, params });
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #read(): void {
    for (;;) {
      const head = this.#rest.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#rest.subarray(0, head).toString())?.[1] ?? 0);
      const end = head + 4 + length;
      if (this.#rest.length < end) return;
      const message = JSON.parse(this.#rest.subarray(head + 4, end).toString()) as Message;
      this.#rest = this.#rest.subarray(end);
      this.#take(message);
    }
  }

  #take({ id, method, params, result }: Message): void {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as {
        readonly uri: string;
        readonly diagnostics: readonly Diagnostic[];
      };
      this.#diagnosed.get(uri)?.(diagnostics);
      return;
    }
    // What the server asks of the editor: settings, registrations.
    if (method !== undefined && id !== undefined) {
      this.#answer(id, method === 'workspace/configuration' ? [{}, {}, {}, {}, {}, {}, {}] : null);
    } else if (id !== undefined) {
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    }
  }

  #answer(id: number | string, result: unknown): void {
    const body = JSON.stringify({ jsonrpc: '2.0', id, result });
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }
}
