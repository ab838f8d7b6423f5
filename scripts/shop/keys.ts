// Which keys of each staging table live at this moment, so that changes can hit, miss and bring back rows.
import { lineOfSale, MEMBERS_PER_TEAM, sizesFor, type Sizes } from './rows.ts';
import type { Scale } from './generate.ts';
import type { Random } from './random.ts';
import type { StagingTable } from './schema.ts';
import { COUNTRIES, INDUSTRIES } from './words.ts';

export type Key = readonly (string | number)[];

const DIGITS = 10;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const FIRST_FREE_LINE = 4;
const LAST_LINE = 999;
const TRIES = 8;

/** Countries that do not exist have a digit in their code: never one of the list. */
const inventedCountry = (index: number): string | undefined => {
  const letter = LETTERS[Math.floor(index / DIGITS)];
  return letter === undefined ? undefined : `${letter}${index % DIGITS}`;
};

export class LiveKeys {
  readonly #keys: Key[];
  readonly #positions = new Map<string, number>();
  readonly #gone: Key[] = [];

  constructor(keys: readonly Key[]) {
    this.#keys = [...keys];
    for (const [position, key] of keys.entries()) this.#positions.set(key.join(), position);
  }

  get count(): number {
    return this.#keys.length;
  }

  has(key: Key): boolean {
    return this.#positions.has(key.join());
  }

  pick(random: Random): Key {
    return random.oneOf(this.#keys);
  }

  add(key: Key): void {
    this.#positions.set(key.join(), this.#keys.length);
    this.#keys.push(key);
  }

  remove(key: Key): void {
    const position = this.#positions.get(key.join());
    const last = this.#keys.pop();
    if (position === undefined || last === undefined) throw new Error(`no live key ${key.join()}`);
    if (last.join() !== key.join()) {
      this.#keys[position] = last;
      this.#positions.set(last.join(), position);
    }
    this.#positions.delete(key.join());
    this.#gone.push(key);
  }

  /** A key that was deleted earlier and has not come back, if there is one. */
  pickGone(random: Random): Key | undefined {
    const absent = this.#gone.filter((key) => !this.has(key));
    return absent.length === 0 ? undefined : random.oneOf(absent);
  }
}

const numbered = (count: number): readonly Key[] => Array.from({ length: count }, (_, index) => [index + 1]);

const generatedKeys = (sizes: Sizes): Readonly<Record<StagingTable, readonly Key[]>> => ({
  countries: COUNTRIES.map(([id]) => [id]),
  industries: numbered(INDUSTRIES.length),
  companies: numbered(sizes.companies),
  users: numbered(sizes.users),
  teams: numbered(sizes.teams),
  team_members: Array.from({ length: sizes.teams * MEMBERS_PER_TEAM }, (_, index) => [
    Math.floor(index / MEMBERS_PER_TEAM) + 1,
    (index % sizes.users) + 1,
  ]),
  products: numbered(sizes.products),
  orders: numbered(sizes.orders),
  order_items: Array.from({ length: sizes.sales }, (_, index) => lineOfSale(index + 1)),
  invoices: numbered(sizes.invoices),
  payments: numbered(sizes.payments),
  subscriptions: numbered(sizes.subscriptions),
});

/** The keys of a generated shop, and new ones that no row ever had. */
export class ShopKeys {
  readonly #live: Readonly<Record<StagingTable, LiveKeys>>;
  readonly #made = new Map<StagingTable, number>();
  readonly #lines = new Map<number, number>();
  readonly #initial: Readonly<Record<StagingTable, readonly Key[]>>;

  constructor(scale: Scale) {
    this.#initial = generatedKeys(sizesFor(scale.companies, scale.sales));
    const entries = Object.entries(this.#initial).map(([name, keys]) => [name, new LiveKeys(keys)] as const);
    this.#live = Object.fromEntries(entries) as Record<StagingTable, LiveKeys>;
  }

  of(name: StagingTable): LiveKeys {
    return this.#live[name];
  }

  /** A key that no row of the table has had; none where they have run out. */
  fresh(name: StagingTable, random: Random): Key | undefined {
    if (name === 'order_items') return this.#freshLine(random);
    if (name === 'team_members') return this.#freshMember(random);
    const made = this.#made.get(name) ?? 0;
    this.#made.set(name, made + 1);
    if (name !== 'countries') return [this.#initial[name].length + made + 1];
    const country = inventedCountry(made);
    return country === undefined ? undefined : [country];
  }

  #freshLine(random: Random): Key | undefined {
    const [order] = this.of('orders').pick(random);
    if (typeof order !== 'number') return undefined;
    const line = this.#lines.get(order) ?? FIRST_FREE_LINE;
    this.#lines.set(order, line + 1);
    return line > LAST_LINE ? undefined : [order, line];
  }

  #freshMember(random: Random): Key | undefined {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const key = [...this.of('teams').pick(random), ...this.of('users').pick(random)];
      if (!this.of('team_members').has(key)) return key;
    }
    return undefined;
  }
}
