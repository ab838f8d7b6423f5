// A resolved dictionary as text and back, for whoever keeps it. Places are kept without their lines: those are taken
// from the files, which whoever reads it back has at hand.
import type { Position } from '../errors/tidemark-error.ts';
import type { FileText } from '../project/document.ts';
import { plainColumn } from './references.ts';
import type { Dictionary, Expression } from './dictionary.ts';

/** Goes up with each change of the form below. */
export const textForm = 1;

type Place = readonly [file: number, line: number, column: number, length: number];

/** What stands for values that JSON has no word for; no key of ours begins so. */
const tags = { map: '~map', set: '~set', infinity: '~infinity', at: '~at', plain: '~plain', read: '~read' };

const isPosition = (value: object): value is Position =>
  'file' in value && 'line' in value && 'source' in value;

const isExpression = (value: object): value is Expression =>
  'text' in value && 'parts' in value && 'at' in value;

class Writer {
  private readonly files: ReadonlyMap<string, number>;

  constructor(files: readonly FileText[]) {
    this.files = new Map(files.map(({ file }, place) => [file, place]));
  }

  write(value: unknown): unknown {
    if (value === Number.POSITIVE_INFINITY) return { [tags.infinity]: true };
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((each) => this.write(each));
    if (value instanceof Map) return { [tags.map]: [...value].map((entry) => this.write(entry)) };
    if (value instanceof Set) return { [tags.set]: [...value].map((each) => this.write(each)) };
    if (isPosition(value)) return { [tags.at]: this.place(value) };
    if (isExpression(value)) return this.expression(value);
    const entries = Object.entries(value);
    if (entries.some(([key]) => key.startsWith('~'))) throw new RangeError('a key that means something here');
    return Object.fromEntries(entries.map(([key, each]) => [key, this.write(each)]));
  }

  /** `alias.column`, most of what is mapped, is not taken apart. */
  private expression(expression: Expression): unknown {
    const { text, parts, at } = expression;
    const plain = plainColumn(expression);
    return plain !== undefined && `${plain.alias}.${plain.column}` === text && !plain.alias.includes('.')
      ? { [tags.plain]: text, at: this.place(at) }
      : { [tags.read]: text, parts, at: this.place(at) };
  }

  private place({ file, line, column, length }: Position): Place {
    const known = this.files.get(file);
    if (known === undefined) throw new RangeError(`${file} is none of the files`);
    return [known, line, column, length];
  }
}

/** Throws where something of it cannot be kept. */
export const dictionaryText = (dictionary: Dictionary, files: readonly FileText[]): string =>
  JSON.stringify(new Writer(files).write(dictionary));

type Written = Readonly<Record<string, unknown>>;

class Reader {
  private readonly files: readonly FileText[];
  private readonly lines: (readonly string[])[] = [];

  constructor(files: readonly FileText[]) {
    this.files = files;
  }

  read(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((each) => this.read(each));
    const written = value as Written;
    const plain = written[tags.plain];
    if (plain !== undefined) return this.plain(plain as string, written['at'] as Place);
    const text = written[tags.read];
    if (text !== undefined)
      return this.expression(text as string, written['parts'] as Expression['parts'], written['at'] as Place);
    if (written[tags.at] !== undefined) return this.place(written[tags.at] as Place);
    if (written[tags.infinity] !== undefined) return Number.POSITIVE_INFINITY;
    if (written[tags.map] !== undefined)
      return new Map(
        (written[tags.map] as readonly unknown[]).map((each) => this.read(each) as [unknown, unknown]),
      );
    if (written[tags.set] !== undefined)
      return new Set((written[tags.set] as readonly unknown[]).map((each) => this.read(each)));
    return this.object(written);
  }

  private object(written: Written): unknown {
    const found: Record<string, unknown> = {};
    for (const key of Object.keys(written)) found[key] = this.read(written[key]);
    return found;
  }

  private plain(text: string, at: Place): Expression {
    const dot = text.indexOf('.');
    return this.expression(text, [{ alias: text.slice(0, dot), column: text.slice(dot + 1) }], at);
  }

  /** Where it stands is worked out for those who ask. */
  private expression(text: string, parts: Expression['parts'], at: Place): Expression {
    const place = (): Position => this.place(at);
    return {
      text,
      parts,
      get at() {
        return place();
      },
    };
  }

  private place([file, line, column, length]: Place): Position {
    const { file: name, text } = this.files[file] ?? { file: '', text: '' };
    const lines = (this.lines[file] ??= text.split('\n'));
    return { file: name, line, column, length, source: (lines[line - 1] ?? '').replace(/\r$/, '') };
  }
}

/** Of the same files. */
export const readDictionaryText = (text: string, files: readonly FileText[]): Dictionary =>
  new Reader(files).read(JSON.parse(text)) as Dictionary;
