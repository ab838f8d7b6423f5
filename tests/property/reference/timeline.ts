// The timeline of one key, written to be read: one event after the other, nothing shared with the engine. What a
// history table must hold is this, whatever SQL it came from.

type Cells = Readonly<Record<string, string | null>>;

export interface KeyEvent {
  readonly op: 'U' | 'D';
  /** When it happened: any number that grows with time. */
  readonly at: number;
  /** The order of the key's events; no two different events have the same. */
  readonly sequence: number;
  /** Equal for repetitions of one event. */
  readonly identity: string;
  /** Of an upsert: the columns of which it says something. */
  readonly cells: Cells;
}

export interface Rules {
  readonly track: readonly string[];
  readonly overwrite: readonly string[];
  readonly deletes: 'close' | 'tombstone' | 'keep';
  readonly beginning?: number | undefined;
}

export interface Version {
  readonly from: number;
  readonly to: number | null;
  readonly deleted: boolean;
  readonly cells: Cells;
}

/** A state that holds from a time on. */
interface State {
  readonly from: number;
  readonly kind: 'row' | 'flagged' | 'gap';
  readonly cells: Cells;
}

const withoutRepetitions = (events: readonly KeyEvent[]): readonly KeyEvent[] => {
  const seen = new Map<string, KeyEvent>();
  for (const event of events) if (!seen.has(event.identity)) seen.set(event.identity, event);
  return [...seen.values()];
};

/** Each event with the whole row after it: a column that an upsert says nothing of keeps its value. */
const folded = (events: readonly KeyEvent[], columns: readonly string[]): readonly KeyEvent[] => {
  let row: Record<string, string | null> = {};
  return events.map((event) => {
    if (event.op === 'D') {
      row = {};
      return event;
    }
    row = { ...row, ...event.cells };
    return { ...event, cells: Object.fromEntries(columns.map((name) => [name, row[name] ?? null])) };
  });
};

const sameCells = (left: Cells, right: Cells, columns: readonly string[]): boolean =>
  columns.every((name) => left[name] === right[name]);

export const timeline = (given: readonly KeyEvent[], rules: Rules): readonly Version[] => {
  const columns = [...rules.track, ...rules.overwrite];
  const ordered = folded(
    withoutRepetitions(given).toSorted((a, b) => a.sequence - b.sequence),
    columns,
  ).filter(({ op }) => op === 'U' || rules.deletes !== 'keep');

  const states: State[] = [];
  let clock = -Infinity;
  let lastRow: Cells | undefined;
  for (const event of ordered) {
    clock = Math.max(clock, event.at);
    if (states.at(-1)?.from === clock) states.pop();
    if (event.op === 'U') {
      lastRow = event.cells;
      states.push({ from: clock, kind: 'row', cells: event.cells });
    } else if (rules.deletes === 'tombstone' && lastRow !== undefined) {
      states.push({ from: clock, kind: 'flagged', cells: lastRow });
    } else states.push({ from: clock, kind: 'gap', cells: {} });
  }

  const collapsed: State[] = [];
  for (const state of states) {
    const before = collapsed.at(-1);
    const same =
      before !== undefined &&
      before.kind === state.kind &&
      (state.kind === 'gap' || sameCells(before.cells, state.cells, rules.track));
    if (!same) collapsed.push(state);
  }

  return collapsed.flatMap((state, place): readonly Version[] => {
    if (state.kind === 'gap') return [];
    const isFirst = place === 0 && rules.beginning !== undefined;
    const type1 = Object.fromEntries(rules.overwrite.map((name) => [name, lastRow?.[name] ?? null]));
    return [
      {
        from: isFirst ? Math.min(state.from, rules.beginning) : state.from,
        to: collapsed[place + 1]?.from ?? null,
        deleted: state.kind === 'flagged',
        cells: { ...state.cells, ...type1 },
      },
    ];
  });
};
