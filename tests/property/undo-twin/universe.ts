// A project with its own schemas: tables that a story is written into, targets of every kind over them, and what these
// show in the end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { literal } from '../../../scripts/shop/random.ts';
import { runIn, type RunOptions } from '../../../src/batch/run.ts';
import type { Project } from '../../../src/project/project.ts';
import { projectAt, type Place, type Schemas } from '../place.ts';
import { instantOf } from '../event-logs/play.ts';
import type { Watched } from '../world.ts';
import { isOfLog, type Cell, type Cells, type Change } from './story.ts';

/** What differs from one story to the next. */
export interface Manner {
  readonly deletes: 'close' | 'tombstone' | 'keep';
  /** The history of people shows a look-up. */
  readonly lookUp: boolean;
  readonly surrogate: boolean;
}

const columns = {
  people: ['name', 'city', 'note'],
  places: ['label', 'region'],
  visits: ['person', 'place', 'amount'],
} as const;

const types = {
  places: 'id bigint, label varchar(20), region varchar(20)',
  visits: 'id bigint, person bigint, place bigint, amount bigint',
};

const sourcesFile = ({ staging }: Schemas): string => `sources:
  people:
    table: ${staging}.raw
    detect: log
    key: id
    op: op
    before: before
    after: after
    types: { id: bigint, name: varchar, city: bigint, note: varchar }
    sequence: n
    time: at_ms
    arrival: arrived
    identity: n
  places: { key: id }
  visits: { key: id }
`;

const flagged = ({ deletes }: Manner): string => (deletes === 'tombstone' ? ', is_deleted' : '');

const mappings = (manner: Manner): Readonly<Record<string, string>> => {
  const { deletes, lookUp, surrogate } = manner;
  const number = surrogate ? ', surrogate_key: number' : '';
  return {
    person_fact: `key: id
from: people
join: { places: people.city = places.id }
columns: { id: people.id, name: people.name, note: people.note, city: people.city, label: places.label }
`,
    person_scd: `key: id
from: people
${lookUp ? 'join: { places: people.city = places.id }\n' : ''}columns: { id: people.id, name: people.name, city: people.city, note: people.note${lookUp ? ', label: places.label' : ''} }
history: { track: [name, city${lookUp ? ', label' : ''}], overwrite: [note], deletes: ${deletes}${number} }
`,
    place_scd: `key: id
from: places
columns: { id: places.id, label: places.label, region: places.region }
history: { track: [label], overwrite: [region], deletes: ${deletes}${number} }
`,
    place_people: `key: id
from: places
join: { people: { on: people.city = places.id, many: true } }
columns: { id: places.id, label: places.label, people: count(people.id), last_name: max(people.name) }
`,
    place_versions: `key: place
from: person_scd
where: person_scd.city is not null
columns: { place: person_scd.city, versions: count(*), names: count(distinct person_scd.name), last_name: max(person_scd.name) }
`,
    place_visits: `key: place
from: visits
where: visits.place is not null
columns: { place: visits.place, visits: count(*), amount: sum(visits.amount) }
`,
    visit_fact: `key: id
from: visits
join:
  who: { source: person_scd, on: visits.person = who.id and who.is_current }
  place: { source: place_scd, on: visits.place = place.id and place.is_current }
  total: { source: place_visits, on: visits.place = total.place }
columns: { id: visits.id, amount: visits.amount, name: who.name, label: place.label, total: total.amount }
`,
  };
};

/** Histories are told apart by the order of their versions: batches happen at moments of their own. */
const looks = (manner: Manner): Readonly<Record<string, string>> => {
  const flag = flagged(manner);
  const order =
    'row_number() over (partition by id order by valid_from) as place, valid_to is null as is_open, is_current';
  const times = manner.lookUp
    ? ''
    : `, cast(timezone('UTC', valid_from) as varchar) as f, cast(timezone('UTC', valid_to) as varchar) as t`;
  return {
    person_fact: 'id, name, note, city, label',
    person_scd: `id, name, city, note${manner.lookUp ? ', label' : ''}${flag}, ${order}${times}`,
    place_scd: `id, label, region${flag}, ${order}`,
    place_people: 'id, label, people, last_name',
    place_versions: 'place, versions, names, last_name',
    place_visits: 'place, visits, cast(amount as bigint) as amount',
    visit_fact: 'id, amount, name, label, cast(total as bigint) as total',
  };
};

const value = (cell: Cell | undefined): string =>
  cell === undefined || cell === null ? 'null' : typeof cell === 'number' ? String(cell) : literal(cell);

export type Tables = Readonly<Record<string, readonly string[]>>;

export class Universe {
  readonly place: Place;
  readonly schemas: Schemas;
  readonly project: Project;
  readonly manner: Manner;
  /** What the log says of people in the order of its events, whenever they arrive. */
  private readonly people = new Map<number, Cells>();
  private arrived = 0;

  constructor(place: Place, schemas: Schemas, folder: string, manner: Manner) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'sources.yml'), sourcesFile(schemas));
    for (const [name, text] of Object.entries(mappings(manner)))
      writeFileSync(join(folder, `${name}.yml`), `target: ${name}\n${text}`);
    this.place = place;
    this.schemas = schemas;
    this.project = projectAt(place, schemas, folder);
    this.manner = manner;
  }

  get targets(): readonly string[] {
    return Object.keys(mappings(this.manner));
  }

  get watched(): Watched {
    const { schemas } = this;
    const sources = (['people', 'places', 'visits'] as const).map((name) => ({ name, key: ['id'] }));
    return { schemas, sources: sources.filter(({ name }) => name !== 'people'), targets: [] };
  }

  async create(): Promise<void> {
    const { staging } = this.schemas;
    await this.place.execute(`create schema "${staging}"`);
    await this.place.execute(
      `create table "${staging}".raw (arrived bigint, n bigint, op varchar, at_ms bigint, before varchar, after varchar)`,
    );
    for (const [name, shape] of Object.entries(types))
      await this.place.execute(`create table "${staging}".${name} (${shape})`);
  }

  /** What the log writes of a change, as soon as it happens; `whole`: as it is in the other universe. */
  image(change: Change, whole: boolean): string | undefined {
    if (!isOfLog(change)) return undefined;
    const { id, kind, cells, partial, row, n, at } = change;
    const known = kind === 'put' ? undefined : this.people.get(id);
    const now: Cells =
      whole && !partial
        ? row
        : Object.fromEntries(
            columns.people.map((name) => [
              name,
              cells[name] ?? (name in cells ? null : (known?.[name] ?? null)),
            ]),
          );
    if (kind === 'remove') this.people.delete(id);
    else this.people.set(id, now);
    const told = kind === 'remove' ? {} : partial ? cells : now;
    const image = literal(JSON.stringify({ id, ...told }));
    const at_ms = Date.parse(`${instantOf(at).replace(' ', 'T')}Z`);
    return kind === 'remove' ? `${n}, 'd', ${at_ms}, ${image}, null` : `${n}, 'u', ${at_ms}, null, ${image}`;
  }

  async deliver(images: readonly string[]): Promise<void> {
    if (images.length === 0) return;
    const rows = images.map((image) => {
      this.arrived += 1;
      return `(${this.arrived}, ${image})`;
    });
    await this.place.execute(`insert into "${this.schemas.staging}".raw values ${rows.join(', ')}`);
  }

  /** A change of a mirrored source; `whole`: the row becomes what it is in the other universe. */
  async write(change: Change, whole: boolean): Promise<void> {
    if (isOfLog(change)) return;
    const { source, id, kind, cells, row } = change;
    const table = `"${this.schemas.staging}".${source}`;
    if (kind === 'set' && !whole) {
      const set = Object.entries(cells).map(([name, cell]) => `${name} = ${value(cell)}`);
      await this.place.execute(`update ${table} set ${set.join(', ')} where id = ${id}`);
      return;
    }
    await this.place.execute(`delete from ${table} where id = ${id}`);
    if (kind === 'remove') return;
    const values = columns[source].map((name) => value(row[name]));
    await this.place.execute(`insert into ${table} values (${[id, ...values].join(', ')})`);
  }

  run(options: Partial<RunOptions> = {}): ReturnType<typeof runIn> {
    return runIn(this.place.warehouse, { project: this.project, ...options });
  }

  async look(): Promise<Tables> {
    const found: Record<string, readonly string[]> = {};
    for (const [name, selected] of Object.entries(looks(this.manner))) {
      const rows = await this.place.rows<Record<string, unknown>>(
        `select ${selected} from "${this.schemas.targets}".${name}`,
      );
      found[name] = rows
        .map((row) =>
          JSON.stringify(Object.values(row).map((cell) => (typeof cell === 'number' ? String(cell) : cell))),
        )
        .toSorted();
    }
    return found;
  }

  /** Every column, numbers of versions and moments too. */
  async lookClosely(): Promise<Tables> {
    const found: Record<string, readonly string[]> = {};
    for (const name of this.targets) {
      const rows = await this.place.rows(`select * from "${this.schemas.targets}".${name}`);
      found[name] = rows.map((row) => JSON.stringify(row)).toSorted();
    }
    return found;
  }
}
