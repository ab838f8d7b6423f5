// Where the tables of dbt's models end: the tables that somebody loads, by a key that their rows have. Where one has
// none, the first model above it that has one stands in its place.
import type { DbtNode } from '../../dbt/manifest.ts';
import { noHints, type NodeHints } from '../../dbt/node-hints.ts';
import type { CatalogTable } from '../../dictionary/catalog.ts';
import type { Session } from '../../warehouse/port.ts';
import { proveKey } from './prove-key.ts';
import type { SourceProposal } from './proposal.ts';
import type { Readings, ReadTable } from '../readings.ts';

export interface SourceQuestion {
  readonly readings: Readings;
  readonly hints: ReadonlyMap<string, NodeHints>;
  readonly session: Session;
  /** By place; none where the warehouse has no such table. */
  readonly infoAt: (place: string) => CatalogTable | undefined;
  /** Names that targets and sources of the project have already. */
  readonly taken: ReadonlySet<string>;
  /** Sources that are declared already, by place. */
  readonly declared: ReadonlyMap<string, SourceProposal>;
  /** dbt snapshots of these tables take this column for the moment of a change. */
  readonly snapshotTimes: ReadonlyMap<string, string>;
}

type Standing =
  | { readonly kind: 'source'; readonly source: SourceProposal }
  /** Its SQL stands for it. */
  | { readonly kind: 'inline'; readonly reads: readonly ReadTable[] }
  | { readonly kind: 'blocked'; readonly reason: string };

const isMoment = (type: string): boolean => /^(?:timestamp|datetime)/i.test(type);

const timesOf = (info: CatalogTable, loadedAt: string | undefined): SourceProposal['times'] =>
  info.columns.flatMap(({ name, type }): SourceProposal['times'] => {
    if (!isMoment(type)) return [];
    if (name === loadedAt) return [{ column: name, key: 'watermark' as const }];
    return /^(?:updated|modified|changed|last_updated|last_modified)(?:_at|_on|_date|_time)?$/i.test(name)
      ? [{ column: name, key: 'updated_at' as const }]
      : [];
  });

/** dbt makes the key of a snapshot itself. */
const claimsOf = (node: DbtNode | undefined, hints: NodeHints): NodeHints['keys'] =>
  node?.kind === 'snapshot'
    ? [{ columns: ['dbt_scd_id'], why: "the key of dbt's snapshots" }, ...hints.keys]
    : hints.keys;

/** By place. */
export interface Ground {
  readonly sources: ReadonlyMap<string, SourceProposal>;
  /** Tables that can be no sources, each with the reason. */
  readonly blocked: ReadonlyMap<string, string>;
}

export class SourceChooser {
  readonly #asked: SourceQuestion;
  readonly #standings = new Map<string, Promise<Standing>>();
  readonly #names: Set<string>;

  constructor(asked: SourceQuestion) {
    this.#asked = asked;
    this.#names = new Set(asked.taken);
  }

  /** What a model's SQL comes down to; a sentence where it cannot be read. */
  async under(node: DbtNode): Promise<Ground | string> {
    const model = this.#asked.readings.of(node);
    if (typeof model === 'string') return model;
    const own = node.relation && this.#asked.readings.place(node.relation.schema, node.relation.name);
    const sources = new Map<string, SourceProposal>();
    const blocked = new Map<string, string>();
    const seen = new Set<string>();
    const waiting = model.reads.filter(({ place }) => place !== own);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next.place)) continue;
      seen.add(next.place);
      const standing = await this.#standing(next, new Set(own === undefined ? [] : [own]));
      if (standing.kind === 'blocked') blocked.set(next.place, standing.reason);
      else if (standing.kind === 'source') sources.set(next.place, standing.source);
      else waiting.push(...standing.reads);
    }
    return { sources, blocked };
  }

  #standing(table: ReadTable, above: ReadonlySet<string>): Promise<Standing> {
    const { place } = table;
    // What it hangs on hangs on it: to wait for it would be to wait for ever.
    if (above.has(place) && !this.#asked.declared.has(place))
      return Promise.resolve({ kind: 'blocked', reason: `\`${place}\` reads itself` });
    const known = this.#standings.get(place) ?? this.#look(table, above);
    this.#standings.set(place, known);
    return known;
  }

  async #look(table: ReadTable, above: ReadonlySet<string>): Promise<Standing> {
    const declared = this.#asked.declared.get(table.place);
    if (declared !== undefined) return { kind: 'source', source: declared };
    const { node, place } = table;
    if (node?.kind !== 'model') return this.#asSource(table);
    const model = this.#asked.readings.of(node);
    if (typeof model === 'string') return this.#asSource(table);
    for (const read of model.reads) {
      const standing = await this.#standing(read, new Set([...above, place]));
      if (standing.kind !== 'blocked') continue;
      const own = await this.#asSource(table);
      return own.kind === 'blocked' ? standing : own;
    }
    return { kind: 'inline', reads: model.reads };
  }

  async #asSource({ place, node }: ReadTable): Promise<Standing> {
    const { hints, session, infoAt, snapshotTimes } = this.#asked;
    const info = infoAt(place);
    if (info === undefined) return { kind: 'blocked', reason: `\`${place}\` is not in the warehouse` };
    const said = (node === undefined ? undefined : hints.get(node.id)) ?? noHints;
    const key = await proveKey(session, { info, claimed: claimsOf(node, said), nullable: false });
    if (key === undefined)
      return { kind: 'blocked', reason: `no columns tell the rows of \`${place}\` apart` };
    const wanted = snapshotTimes.get(place);
    const updatedAt = info.columns.find(({ name, type }) => name === wanted && isMoment(type))?.name;
    return {
      kind: 'source',
      source: {
        name: this.#nameFor(info.table.name, node?.group ?? info.table.schema),
        table: info.table,
        node,
        key,
        times: timesOf(info, said.loadedAt),
        updatedAt,
      },
    };
  }

  #nameFor(name: string, group: string): string {
    const options = [name, `${group}_${name}`];
    let chosen = options.find((each) => !this.#names.has(each));
    for (let count = 2; chosen === undefined; count += 1)
      if (!this.#names.has(`${name}_${count}`)) chosen = `${name}_${count}`;
    this.#names.add(chosen);
    return chosen;
  }
}
