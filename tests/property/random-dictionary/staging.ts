// The staging tables of a random project, and what a loader does to them. What there is is known here as
// literals, so that no statement ever breaks a key.
import { literal, type Random } from '../../../scripts/shop/random.ts';
import type { Place, Schemas } from '../place.ts';
import { removed, spare, stamp } from './draw-sources.ts';
import { typeOf, type SourceSpec } from './spec.ts';
import { drawKeyValue, drawValue } from './values.ts';

type Literals = Readonly<Record<string, string>>;

/** Stamps: when the history begins, how far its rounds are apart, and how late or early a row may be stamped. */
export interface Clock {
  readonly startMs: number;
  readonly minutesPerRound: number;
  /** Minutes by which a stamp may be off, beside those that are right. */
  readonly skews: readonly number[];
}

/** Rounds are closer to each other than a late stamp is late, and both are within the overlap. */
const punctual: Clock = { startMs: Date.UTC(2020, 0, 1), minutesPerRound: 5, skews: [-10] };

const isKey = (source: SourceSpec, name: string): boolean =>
  source.key.some((column) => column.name === name);

/** A column of the table, and which of the loader's columns fills it. */
export interface ShapedColumn {
  readonly name: string;
  readonly type: string;
  readonly from?: string | undefined;
}

export class Staging {
  readonly #place: Pick<Place, 'execute'>;
  readonly #random: Random;
  readonly #schema: string;
  readonly #clock: Clock;
  readonly #rows = new Map<string, Map<string, Literals>>();
  /** Tables that are not as the loader left them: what he loads meanwhile arrives when they are restored. */
  readonly #damaged = new Set<string>();
  readonly #shapes = new Map<string, readonly ShapedColumn[]>();
  #round = 0;

  constructor(place: Pick<Place, 'execute'>, schemas: Schemas, random: Random, clock = punctual) {
    this.#place = place;
    this.#schema = schemas.staging;
    this.#random = random;
    this.#clock = clock;
  }

  async create(sources: readonly SourceSpec[]): Promise<void> {
    await this.#place.execute(`create schema "${this.#schema}"`);
    for (const source of sources) {
      await this.#createTable(source, this.shapeOf(source));
      this.#rows.set(source.name, new Map());
      const count = this.#random.chance(8) ? 0 : 5 + this.#random.below(11);
      for (let row = 0; row < count; row += 1) await this.#put(source);
    }
    this.#round = 1;
  }

  shapeOf(source: SourceSpec): readonly ShapedColumn[] {
    const asDeclared = source.columns.map(({ name, kind }) => ({ name, type: typeOf[kind], from: name }));
    return this.#shapes.get(source.name) ?? asDeclared;
  }

  isDamaged(source: SourceSpec): boolean {
    return this.#damaged.has(source.name);
  }

  /** What somebody does to the table behind the loader's back. */
  async damage(source: SourceSpec, statements: readonly string[]): Promise<void> {
    this.#damaged.add(source.name);
    for (const statement of statements) await this.#place.execute(statement);
  }

  /** The loader's tables have this form from now on. */
  settle(source: SourceSpec, shape: readonly ShapedColumn[]): void {
    this.#shapes.set(source.name, shape);
  }

  /** What the loader knew under one name he knows under another. */
  rename(source: SourceSpec, from: string, to: string): void {
    const rows = this.#rowsOf(source);
    for (const [text, { [from]: value = 'null', ...row }] of rows) rows.set(text, { ...row, [to]: value });
    const shape = this.#shapes.get(source.name);
    const rename = (column: ShapedColumn): ShapedColumn =>
      column.from === from ? { ...column, name: to, from: to } : column;
    if (shape !== undefined) this.#shapes.set(source.name, shape.map(rename));
  }

  /** The table made anew, as the loader knows it; with `shape`, its columns in that form instead. */
  async restore(source: SourceSpec, shape?: readonly ShapedColumn[]): Promise<void> {
    this.#damaged.delete(source.name);
    const columns = shape ?? this.shapeOf(source);
    await this.#place.execute(`drop table if exists ${this.table(source)}`);
    await this.#createTable(source, columns);
    const filled = columns.filter(({ from }) => from !== undefined);
    const rows = [...this.#rowsOf(source).values()].map(
      (row) => `(${filled.map(({ from = '' }) => row[from] ?? 'null').join(', ')})`,
    );
    if (rows.length > 0)
      await this.#place.execute(
        `insert into ${this.table(source)} (${filled.map(({ name }) => name).join(', ')}) values ${rows.join(', ')}`,
      );
  }

  /** The same rows in columns of another form: what the loader changes meanwhile waits. */
  async reshape(source: SourceSpec, shape: readonly ShapedColumn[]): Promise<void> {
    await this.restore(source, shape);
    this.#damaged.add(source.name);
  }

  async #createTable(source: SourceSpec, columns: readonly ShapedColumn[]): Promise<void> {
    const key = source.key.map(({ name }) => name).join(', ');
    const constraint = source.primaryKey ? [`primary key (${key})`] : [];
    const typed = columns.map(({ name, type }) => `${name} ${type}`);
    await this.#place.execute(`create table ${this.table(source)} (${[...typed, ...constraint].join(', ')})`);
  }

  async #execute(source: SourceSpec, statement: string): Promise<void> {
    if (!this.#damaged.has(source.name)) await this.#place.execute(statement);
  }

  /** Some changes; with `onlySpare`, in columns that no target reads. */
  async change(sources: readonly SourceSpec[], onlySpare: boolean): Promise<void> {
    this.#round += 1;
    const count = 1 + this.#random.below(this.#random.oneOf([3, 8, 24]));
    const calm = this.#random.chance(3);
    for (let change = 0; change < count; change += 1) {
      const source = this.#random.oneOf(sources);
      if (onlySpare) await this.#update(source, [spare.name]);
      else await this.#changeOne(source, calm);
    }
  }

  /** Of a calm round all rows stay. */
  async #changeOne(source: SourceSpec, calm: boolean): Promise<void> {
    const { columns } = source;
    const values = columns
      .map(({ name }) => name)
      .filter((name) => !isKey(source, name) && name !== stamp.name);
    switch (calm ? 4 + this.#random.below(7) : this.#random.below(11)) {
      case 0:
      case 1:
        return this.#put(source);
      case 2:
        return this.#remove(source);
      case 3:
        return this.#rekey(source);
      case 4:
        return this.#update(
          source,
          values.filter((name) => name.startsWith('ref') || this.#random.chance(6)),
        );
      case 5:
      case 6:
      case 7:
        return this.#update(
          source,
          values.filter((name) => ['active', removed.name, 'ref_int', 'label'].includes(name)),
        );
      case 8:
        return this.#update(source, []);
      default:
        return this.#update(source, [this.#random.oneOf(values)]);
    }
  }

  table(source: SourceSpec): string {
    return `"${this.#schema}".${source.name}`;
  }

  #rowsOf(source: SourceSpec): Map<string, Literals> {
    const rows = this.#rows.get(source.name);
    if (rows === undefined) throw new Error(`no table ${source.name}`);
    return rows;
  }

  #pick(source: SourceSpec): readonly [string, Literals] | undefined {
    const rows = [...this.#rowsOf(source)];
    return rows.length === 0 ? undefined : this.#random.oneOf(rows);
  }

  #drawKey(source: SourceSpec): Literals {
    const value = (column: SourceSpec['key'][number]): string =>
      column.nullable && this.#random.chance(4) ? 'null' : drawKeyValue(this.#random, column.kind);
    return Object.fromEntries(source.key.map((column) => [column.name, value(column)]));
  }

  /** Minutes after the beginning of the history. */
  #moment(minutes: number): string {
    const text = new Date(this.#clock.startMs + minutes * 60_000).toISOString();
    return `timestamp ${literal(text.slice(0, 19).replace('T', ' '))}`;
  }

  /** When the row says that it changed: now, a little late, or not at all. */
  #stamp(source: SourceSpec): Literals {
    if (!source.watermark) return {};
    const now = this.#round * this.#clock.minutesPerRound;
    const said = this.#random.oneOf([
      this.#moment(now),
      this.#moment(now),
      this.#moment(now),
      ...this.#clock.skews.map((skew) => this.#moment(now + skew)),
      'null',
    ]);
    return { [stamp.name]: said };
  }

  #where(key: Literals): string {
    return Object.entries(key)
      .map(([name, value]) => (value === 'null' ? `${name} is null` : `${name} = ${value}`))
      .join(' and ');
  }

  #keyOf(source: SourceSpec, row: Literals): Literals {
    return Object.fromEntries(source.key.map(({ name }) => [name, row[name] ?? 'null']));
  }

  /** A new row, or all values of one that is there. */
  async #put(source: SourceSpec): Promise<void> {
    const key = this.#drawKey(source);
    const values = source.columns
      .filter(({ name }) => !isKey(source, name) && name !== stamp.name)
      .map(({ name, kind }) => [name, drawValue(this.#random, kind, name)] as const);
    const row = { ...key, ...Object.fromEntries(values), ...this.#stamp(source) };
    const text = JSON.stringify(key);
    if (this.#rowsOf(source).has(text))
      await this.#execute(source, `delete from ${this.table(source)} where ${this.#where(key)}`);
    this.#rowsOf(source).set(text, row);
    await this.#execute(
      source,
      `insert into ${this.table(source)} (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`,
    );
  }

  async #remove(source: SourceSpec): Promise<void> {
    const found = this.#pick(source);
    if (found === undefined) return;
    this.#rowsOf(source).delete(found[0]);
    await this.#execute(
      source,
      `delete from ${this.table(source)} where ${this.#where(this.#keyOf(source, found[1]))}`,
    );
  }

  async #rekey(source: SourceSpec): Promise<void> {
    const found = this.#pick(source);
    const key = this.#drawKey(source);
    const text = JSON.stringify(key);
    if (found === undefined || this.#rowsOf(source).has(text)) return;
    const values = { ...key, ...this.#stamp(source) };
    await this.#set(source, found, values);
    this.#rowsOf(source).delete(found[0]);
    this.#rowsOf(source).set(text, { ...found[1], ...values });
  }

  async #update(source: SourceSpec, columns: readonly string[]): Promise<void> {
    const found = this.#pick(source);
    if (found === undefined) return;
    const values = source.columns
      .filter(({ name }) => columns.includes(name))
      .map(({ name, kind }) => [name, drawValue(this.#random, kind, name)] as const);
    await this.#set(source, found, { ...Object.fromEntries(values), ...this.#stamp(source) });
  }

  async #set(source: SourceSpec, [text, row]: readonly [string, Literals], values: Literals): Promise<void> {
    const assignments = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
    if (assignments.length === 0) return;
    this.#rowsOf(source).set(text, { ...row, ...values });
    const where = this.#where(this.#keyOf(source, row));
    await this.#execute(source, `update ${this.table(source)} set ${assignments.join(', ')} where ${where}`);
  }
}
