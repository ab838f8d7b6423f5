// The table that the logs land in: rows appended batch by batch, in any order, some twice, some with a number that was
// given out earlier and comes late.
import type { Random } from '../../../scripts/shop/random.ts';
import type { Cell } from '../reference/fold.ts';
import type { Place, Schemas } from '../place.ts';
import { columns, type Change, type Image, type Manner } from './draw.ts';

export const overlap = 6;

const literal = (value: Cell | undefined): string => {
  if (value === undefined || value === null) return 'null';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
};

const json = (image: Image | undefined): string =>
  image === undefined ? 'null' : `'${JSON.stringify(image).replaceAll("'", "''")}'`;

export const createLog = (place: Place, schemas: Schemas, manner: Manner): Promise<void> =>
  place.execute(
    manner.images === 'json'
      ? `create table "${schemas.staging}".raw_changes (place bigint, op varchar, kind varchar, s1 bigint, s2 bigint, before json, after json)`
      : `create table "${schemas.staging}".raw_changes (place bigint, op varchar, kind varchar, s1 bigint, s2 bigint, log bigint, id bigint, a varchar, b bigint, c boolean)`,
  );

const rowOf = (change: Change, place: number, manner: Manner): string => {
  const { op, table, before, after, sequence } = change;
  const image = after ?? before;
  const values =
    manner.images === 'json'
      ? [json(before), json(after)]
      : ['log', 'id', ...columns].map((name) => literal(image?.[name]));
  return `(${[literal(place), literal(op), literal(table), literal(sequence[0]), literal(sequence[1] ?? 0), ...values].join(', ')})`;
};

export const shuffled = <T>(random: Random, items: readonly T[]): readonly T[] => {
  const rest = [...items];
  for (let place = rest.length - 1; place > 0; place -= 1) {
    const other = random.below(place + 1);
    const [a, b] = [rest[place], rest[other]];
    if (a !== undefined && b !== undefined) [rest[place], rest[other]] = [b, a];
  }
  return rest;
};

/** Numbers of rows; now and then one is kept back and given to a row of a later batch. */
export class Landing {
  readonly #random: Random;
  readonly #held: number[] = [];
  #next = 1;
  #position = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  #number(): number {
    const late = this.#held.findIndex((number) => number >= this.#position - overlap);
    if (late >= 0 && this.#random.chance(3)) return this.#held.splice(late, 1)[0] ?? 0;
    if (this.#random.chance(10)) this.#held.push(this.#next++);
    return this.#next++;
  }

  async append(place: Place, schemas: Schemas, batch: readonly Change[], manner: Manner): Promise<void> {
    const rows = batch.map((change) => rowOf(change, this.#number(), manner));
    if (rows.length > 0)
      await place.execute(`insert into "${schemas.staging}".raw_changes values ${rows.join(', ')}`);
    this.#position = this.#next - 1;
  }
}
