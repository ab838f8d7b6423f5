// A seal beside a DuckDB file: how we left it. What still looks like that was written by nobody since, so that tables
// need not be read to know it. Whatever cannot be made out counts as written.
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface SealedTable {
  /** Names the content that the table had. */
  readonly identity: string;
  /** Where its content lay. */
  readonly storage: string;
}

interface Seal {
  readonly file: string;
  /** Changed by every writing, within what the clock of the file system tells apart. */
  readonly stamps: string;
  /** That of the last checkpoint. */
  readonly header: string;
  readonly tables: Readonly<Record<string, SealedTable>>;
}

interface Header {
  readonly iteration: bigint;
  readonly hash: string;
}

const blockBytes = 4096;
/** The number of the checkpoint follows the checksum. */
const iterationAt = 8;

const readHeader = (descriptor: number, place: number): Header | undefined => {
  const block = Buffer.alloc(blockBytes);
  if (readSync(descriptor, block, 0, blockBytes, place * blockBytes) < blockBytes) return undefined;
  return {
    iteration: block.readBigUInt64LE(iterationAt),
    hash: createHash('sha256').update(block).digest('hex'),
  };
};

/** After the header of the file two others, which checkpoints write in turn: the last one, and the one before it. */
const readHeaders = (descriptor: number): { readonly last: Header; readonly before: Header } | undefined => {
  const [first, second] = [readHeader(descriptor, 1), readHeader(descriptor, 2)];
  if (first === undefined || second === undefined) return undefined;
  return first.iteration > second.iteration
    ? { last: first, before: second }
    : { last: second, before: first };
};

/** What happened to a file since it was sealed. One session of somebody else leaves no place of the file with other
 *  content unless its table was moved there; after two, what was moved away may have come back. */
export type Since = 'nothing' | 'one checkpoint' | 'unknown';

export const sealFolder = (path: string): string => join(dirname(path), '.tidemark');

export const sealFile = (path: string): string => join(sealFolder(path), `${basename(path)}.seal.json`);

/** What keeps the folder of seals out of git. */
export const ignoreAll = { name: '.gitignore', text: '*\n' };

/** The file opened beside the engine, before it and until after it: closing any descriptor of a file takes away the
 *  lock that the engine has on it. */
export class FileSeal {
  readonly #path: string;
  readonly #descriptor: number;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /** None in memory, none for a file that is yet to be made, and none on Windows, where the engine opens a file
   *  alone or not at all. */
  static open(path: string): FileSeal | undefined {
    if (process.platform === 'win32') return undefined;
    try {
      return new FileSeal(path, openSync(path, 'r'));
    } catch {
      return undefined;
    }
  }

  get #sealPath(): string {
    return sealFile(this.#path);
  }

  /** To be asked when the engine has the file, and before it writes. */
  read(): { readonly since: Since; readonly tables: Seal['tables'] } {
    try {
      const seal = JSON.parse(readFileSync(this.#sealPath, 'utf8')) as Seal;
      const since = this.#since(seal);
      return { since, tables: since === 'unknown' ? {} : seal.tables };
    } catch {
      return { since: 'unknown', tables: {} };
    }
  }

  #since(seal: Seal): Since {
    const headers = readHeaders(this.#descriptor);
    const { file, stamps } = this.#state();
    if (headers === undefined || file !== seal.file || this.#hasLog()) return 'unknown';
    if (headers.last.hash === seal.header) return stamps === seal.stamps ? 'nothing' : 'unknown';
    const one = headers.last.iteration === headers.before.iteration + 1n;
    return one && headers.before.hash === seal.header ? 'one checkpoint' : 'unknown';
  }

  /** To be put when all is in the file and the engine still has it. */
  put(tables: Seal['tables']): void {
    const headers = readHeaders(this.#descriptor);
    if (headers === undefined || this.#hasLog()) return;
    const seal: Seal = { ...this.#state(), header: headers.last.hash, tables };
    const folder = dirname(this.#sealPath);
    const fresh = `${this.#sealPath}.${process.pid}`;
    try {
      if (!existsSync(folder)) {
        mkdirSync(folder, { mode: 0o700 });
        writeFileSync(join(folder, ignoreAll.name), ignoreAll.text, { mode: 0o600 });
      }
      writeFileSync(fresh, JSON.stringify(seal), { mode: 0o600 });
      renameSync(fresh, this.#sealPath);
    } catch {
      // A folder that cannot be written has no seals: every run reads the tables.
    }
  }

  /** After the engine has let go of the file. */
  close(): void {
    closeSync(this.#descriptor);
  }

  #state(): { readonly file: string; readonly stamps: string } {
    const [open, named] = [
      fstatSync(this.#descriptor, { bigint: true }),
      statSync(this.#path, { bigint: true }),
    ];
    if (open.dev !== named.dev || open.ino !== named.ino) throw new Error('another file took its place');
    const { dev, ino, size, mtimeNs, ctimeNs } = open;
    return { file: `${dev}:${ino}`, stamps: `${size}:${mtimeNs}:${ctimeNs}` };
  }

  /** What it holds is not in the file yet. */
  #hasLog(): boolean {
    return existsSync(`${this.#path}.wal`);
  }
}
