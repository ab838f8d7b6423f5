// A story of three sources, told round by round: what a log tells of people, in order or late, and what a loader does to
// places and visits. It can be told again without some of its changes.
import type { Random } from '../../../scripts/shop/random.ts';

export type Cell = string | number | null;
export type Cells = Readonly<Record<string, Cell>>;

/** A change of a row of a mirrored source. */
interface RowChange {
  readonly source: 'places' | 'visits';
  readonly id: number;
  readonly kind: 'put' | 'set' | 'remove';
  /** What changes; of a new row all of it. */
  readonly cells: Cells;
  /** The whole row afterwards. */
  readonly row: Cells;
}

/** An event of the log. */
interface LogChange {
  readonly source: 'people';
  readonly id: number;
  readonly kind: 'put' | 'set' | 'remove';
  readonly cells: Cells;
  readonly row: Cells;
  readonly n: number;
  readonly at: number;
  /** Tells only what changes. */
  readonly partial: boolean;
}

export type Change = RowChange | LogChange;

export const isOfLog = (change: Change): change is LogChange => change.source === 'people';

/** A change with the round in which it arrives. */
export interface Told {
  readonly change: Change;
  readonly round: number;
}

const shapes: Readonly<Record<Change['source'], (random: Random) => Cells>> = {
  people: (random) => ({
    name: random.oneOf(['ann', 'ben', "o'hara", null]),
    city: random.oneOf([1, 2, 3, 4, null]),
    note: random.oneOf(['p', 'q', null]),
  }),
  places: (random) => ({
    label: random.oneOf(['Rome', 'Bonn', 'Oslo', null]),
    region: random.oneOf(['south', 'north', null]),
  }),
  visits: (random) => ({
    person: random.oneOf([1, 2, 3, 4]),
    place: random.oneOf([1, 2, 3, 4, null]),
    amount: random.oneOf([1, 2, 5, 10]),
  }),
};

type Rows = Map<number, Cells>;

const ids = 4;

/** Draws changes from what is there; no change says what holds already. */
export class Author {
  private readonly rows: Readonly<Record<Change['source'], Rows>> = {
    people: new Map(),
    places: new Map(),
    visits: new Map(),
  };
  private readonly random: Random;
  private round = 0;
  private n = 0;
  /** People as the round found them: what it tells and takes back within itself is in no ledger; see docs/undo.md. */
  private began: Rows = new Map();
  /** People of whom something is still on its way, and until which round. */
  private readonly late = new Map<number, number>();
  /** From here on nothing is late any more. */
  private readonly punctual: number;

  constructor(random: Random, punctual: number) {
    this.random = random;
    this.punctual = punctual;
  }

  row(source: Change['source'], id: number): Cells | undefined {
    return this.rows[source].get(id);
  }

  begin(): readonly Told[] {
    return (['places', 'people', 'visits'] as const).flatMap((source) =>
      [1, 2, 3].map((id) => ({ change: this.put(source, id), round: 0 })),
    );
  }

  /** Each row changes at most once; people several times, since their log tells each change. */
  next(): readonly Told[] {
    this.round += 1;
    this.began = new Map(this.rows.people);
    const changed = new Set<string>();
    const told: Told[] = [];
    for (let more = 1 + this.random.below(6); more > 0; more -= 1) {
      const source = this.random.oneOf(['people', 'people', 'places', 'visits'] as const);
      const id = 1 + this.random.below(ids);
      if (source !== 'people' && changed.has(`${source} ${id}`)) continue;
      changed.add(`${source} ${id}`);
      const change = this.draw(source, id);
      if (change === undefined) continue;
      told.push({ change, round: isOfLog(change) ? this.arrival(change.id) : this.round });
    }
    return told;
  }

  private arrival(id: number): number {
    const last = this.punctual - 1;
    if (this.round >= last || !this.random.chance(4)) return this.round;
    const arrives = this.round + 1 + this.random.below(last - this.round);
    this.late.set(id, Math.max(arrives, this.late.get(id) ?? 0));
    return arrives;
  }

  private waits(id: number): boolean {
    return (this.late.get(id) ?? 0) >= this.round;
  }

  private put(source: Change['source'], id: number): Change {
    const cells = shapes[source](this.random);
    return this.make(source, id, 'put', cells);
  }

  private draw(source: Change['source'], id: number): Change | undefined {
    const now = this.rows[source].get(id);
    const began = source === 'people' ? this.began.get(id) : undefined;
    // Nobody remembers a delete that comes when the row is back; see docs/undo.md.
    if (now === undefined)
      return source === 'people' && (this.waits(id) || began !== undefined)
        ? undefined
        : this.put(source, id);
    const isNew = source === 'people' && began === undefined;
    if (!isNew && this.random.chance(6)) return this.make(source, id, 'remove', {});
    const drawn = shapes[source](this.random);
    const names = Object.keys(drawn).filter(
      (name) =>
        drawn[name] !== now[name] &&
        (began === undefined || drawn[name] !== began[name]) &&
        !this.random.chance(2),
    );
    if (names.length === 0) return undefined;
    return this.make(source, id, 'set', Object.fromEntries(names.map((name) => [name, drawn[name] ?? null])));
  }

  private make(source: Change['source'], id: number, kind: Change['kind'], cells: Cells): Change {
    const row: Cells = kind === 'remove' ? {} : { ...this.rows[source].get(id), ...cells };
    if (kind === 'remove') this.rows[source].delete(id);
    else this.rows[source].set(id, row);
    if (source !== 'people') return { source, id, kind, cells, row };
    this.n += 1;
    const at = this.n + this.random.oneOf([0, 0, 0, -3]);
    // A whole image would tell what is still on its way.
    const partial = kind === 'set' && (this.waits(id) || this.random.chance(2));
    return { source, id, kind, cells, row, n: this.n, at, partial };
  }
}
