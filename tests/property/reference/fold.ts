// What a log of events makes of one key, written to be read: the events put in order and gone through one by one,
// nothing shared with the engine. Whatever order, grouping and repetition they arrived in, a mirror must hold this.

export type Cell = string | number | boolean | null;
export type Cells = Readonly<Record<string, Cell>>;

export interface LoggedEvent {
  readonly op: 'U' | 'D';
  readonly sequence: readonly number[];
  /** Of all that the event says: settles what nothing else does. */
  readonly hash: string;
  /** Of the images that an upsert found and left, where the log tells them. */
  readonly found?: string | undefined;
  readonly left?: string | undefined;
  /** Of an upsert: the columns of which it says something. */
  readonly cells: Cells;
}

const compareSequences = (left: readonly number[], right: readonly number[]): number => {
  for (const [place, value] of left.entries()) {
    const other = right[place] ?? 0;
    if (value !== other) return value - other;
  }
  return 0;
};

const compareTexts = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const withoutRepetitions = (events: readonly LoggedEvent[]): readonly LoggedEvent[] => [
  ...new Map(
    events.map((event) => [JSON.stringify([event.op, event.sequence, event.hash]), event] as const),
  ).values(),
];

/** How many images lead to each upsert from one that none of the others leads to; 0 where all run in a circle. */
const turns = (group: readonly LoggedEvent[]): ReadonlyMap<LoggedEvent, number> => {
  const upserts = group.filter(({ op }) => op === 'U');
  const leads = (from: LoggedEvent, to: LoggedEvent): boolean =>
    from !== to && from.left !== undefined && from.left === to.found;
  const found = new Map<LoggedEvent, number>();
  let reached = upserts.filter((event) => !upserts.some((other) => leads(other, event)));
  for (let turn = 0; reached.length > 0; turn += 1) {
    for (const event of reached) found.set(event, turn);
    reached = upserts.filter((event) => !found.has(event) && reached.some((other) => leads(other, event)));
  }
  return found;
};

/** By sequence; of one sequence upserts first, each behind the one whose image it found, then by their hashes. */
export const inOrder = <E extends LoggedEvent>(given: readonly E[]): readonly E[] => {
  const events = withoutRepetitions(given) as readonly E[];
  const groups = new Map<string, E[]>();
  for (const event of events) {
    const key = JSON.stringify(event.sequence);
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  const turnOf = new Map<LoggedEvent, number>();
  for (const group of groups.values()) for (const [event, turn] of turns(group)) turnOf.set(event, turn);
  return events.toSorted(
    (a, b) =>
      compareSequences(a.sequence, b.sequence) ||
      compareTexts(b.op, a.op) ||
      (turnOf.get(a) ?? 0) - (turnOf.get(b) ?? 0) ||
      compareTexts(a.hash, b.hash),
  );
};

/** The row in the end; nothing where there is none. What no event since the last delete speaks of is NULL. */
export const fold = (given: readonly LoggedEvent[], columns: readonly string[]): Cells | undefined => {
  let row: Record<string, Cell> | undefined;
  for (const { op, cells } of inOrder(given)) {
    if (op === 'D') row = undefined;
    else row = { ...row, ...cells };
  }
  const last = row;
  return last === undefined
    ? undefined
    : Object.fromEntries(columns.map((name) => [name, last[name] ?? null]));
};
