// Random events as rows of a log in the warehouse, in the order in which they arrive.
import { literal } from '../../../scripts/shop/random.ts';
import type { Place } from '../place.ts';
import type { Delivered } from './draw.ts';

/** The first moment of the logs; each unit of their time is an hour. */
const start = Date.UTC(2020, 0, 1);
const hourMs = 3_600_000;

export const instantOf = (at: number): string =>
  new Date(start + at * hourMs).toISOString().replace('T', ' ').replace('.000Z', '');

/** `k` and `n` stand beside the images: they are what makes an event the same one when it is told again. */
export const logTable =
  '(arrived bigint, k varchar, n bigint, op varchar, at_ms bigint, before varchar, after varchar)';

export const source = (table: string): string => `sources:
  things:
    table: ${table}
    detect: log
    key: id
    op: op
    before: before
    after: after
    types: { id: varchar, name: varchar, city: varchar, note: varchar }
    sequence: n
    time: at_ms
    arrival: arrived
    identity: [k, n]
`;

const rowOf = ({ key, event }: Delivered, arrived: number): string => {
  const image = JSON.stringify({ id: key, ...event.cells });
  const [before, after] = event.op === 'D' ? [literal(image), 'null'] : ['null', literal(image)];
  const at = start + event.at * hourMs;
  return `(${arrived}, ${literal(key)}, ${event.sequence}, ${event.op === 'D' ? "'d'" : "'u'"}, ${at}, ${before}, ${after})`;
};

/** Answers the next arrival. */
export const append = async (
  place: Place,
  table: string,
  events: readonly Delivered[],
  first: number,
): Promise<number> => {
  if (events.length === 0) return first;
  const rows = events.map((event, offset) => rowOf(event, first + offset));
  await place.execute(`insert into ${table} values ${rows.join(', ')}`);
  return first + events.length;
};
