// What dbt builds from the columns that a change reaches: node by node along the manifest, each with how sure that is.
import type { DbtNode } from '../../dbt/manifest.ts';
import { namedColumns } from './named-columns.ts';

/** From the surest to the least sure. */
const proofs = ['proven', 'by_name', 'unknown'] as const;

type Proof = (typeof proofs)[number];

/** What of a node hangs on the change. */
export interface Affected {
  readonly proof: Proof;
  /** In lower case. */
  readonly columns: ReadonlySet<string>;
  /** Rows of it come and go. */
  readonly rows: boolean;
  /** Further columns may hang on it: what is made of a column under another name is not followed. */
  readonly open: boolean;
}

export interface AffectedNode {
  readonly node: DbtNode;
  readonly affected: Affected;
}

export interface ReadSql {
  /** None where dbt did not compile it. */
  readonly sql: string | undefined;
  readonly language: string;
}

/** What the lineage of its SQL says of a node; none where it cannot be told. */
type Traced =
  | {
      readonly kind: 'reached';
      readonly columns: ReadonlySet<string>;
      readonly rows: boolean;
      readonly why: string;
    }
  /** Its SQL reads nothing that hangs on the change. */
  | { readonly kind: 'untouched' };

/** `reached`: all that hangs on the change so far; SQL that dbt inlines (ephemeral models) reads further up. */
export type Tracer = (
  node: DbtNode,
  parents: readonly AffectedNode[],
  reached: readonly AffectedNode[],
) => Traced | undefined;

export interface Downstream {
  readonly node: DbtNode;
  readonly affected: Affected;
  readonly why: string;
  /** Names of the nodes that lead there, from the first on. */
  readonly via: readonly string[];
}

export interface Walked {
  readonly found: readonly Downstream[];
  /** Ids of nodes that read what is reached, and are proven to read nothing of it that changes. */
  readonly untouched: readonly string[];
}

interface Judged {
  readonly affected: Affected;
  readonly why: string;
}

const listed = (names: Iterable<string>): string => {
  const all = [...names].map((name) => `\`${name}\``);
  return all.length <= 3 ? all.join(', ') : `${all.slice(0, 3).join(', ')} and ${all.length - 3} more`;
};

const weaker = (one: Proof, other: Proof): Proof =>
  proofs.indexOf(one) >= proofs.indexOf(other) ? one : other;

const unknown = (why: string): Judged => ({
  affected: { proof: 'unknown', columns: new Set(), rows: false, open: true },
  why,
});

const surest = (parents: readonly AffectedNode[]): Proof =>
  proofs.find((proof) => parents.some(({ affected }) => affected.proof === proof)) ?? 'unknown';

/** Whoever reads a table whose rows come and go has others himself, unless he says otherwise. */
const byRows = (parents: readonly AffectedNode[]): Judged | undefined => {
  const moving = parents.filter(({ affected }) => affected.rows);
  const [first] = moving;
  if (first === undefined) return undefined;
  return {
    affected: { proof: surest(moving), columns: new Set(), rows: true, open: false },
    why: `reads \`${first.node.name}\`, whose rows come and go`,
  };
};

const namesOf = (parents: readonly AffectedNode[]): ReadonlySet<string> =>
  new Set(parents.flatMap(({ affected }) => [...affected.columns]));

/** By what its SQL speaks of: a name says neither whose column it is nor what becomes of it. */
const byName = (sql: string, parents: readonly AffectedNode[]): Judged | undefined => {
  const { names, takesAll } = namedColumns(sql);
  const asked = namesOf(parents);
  const named = [...asked].filter((name) => names.has(name));
  const taken = takesAll ? [...asked].filter((name) => !names.has(name)) : [];
  const columns = new Set([...named, ...taken]);
  if (columns.size === 0) return undefined;
  const carriers = parents.filter(({ affected }) => [...columns].some((name) => affected.columns.has(name)));
  const why = named.length > 0 ? `its SQL names ${listed(named)}` : `its SQL takes all columns with \`*\``;
  return { affected: { proof: weaker('by_name', surest(carriers)), columns, rows: false, open: true }, why };
};

const withoutName = (parents: readonly AffectedNode[]): Judged => {
  const names = namesOf(parents);
  const tables = listed(parents.map(({ node }) => node.name));
  return unknown(
    names.size === 0
      ? `reads ${tables}, of which it is unknown what changes`
      : `reads ${tables} and does not name ${listed(names)}, perhaps what is made of it`,
  );
};

const noSql: Readonly<Record<string, string>> = {
  exposure: 'an exposure names tables, not columns',
  metric: 'a metric names tables, not columns',
};

const judge = (node: DbtNode, parents: readonly AffectedNode[], read: ReadSql | undefined): Judged => {
  const moving = byRows(parents);
  const { sql, language = 'sql' } = read ?? {};
  if (node.kind !== 'model' && node.kind !== 'snapshot')
    return moving ?? unknown(noSql[node.kind] ?? 'dbt says which tables it reads, not which columns');
  if (language !== 'sql') return moving ?? unknown(`is written in ${language}`);
  if (sql === undefined) return moving ?? unknown('dbt has not compiled it: `dbt compile` does');
  const named = byName(sql, parents);
  if (moving === undefined) return named ?? withoutName(parents);
  // Which columns of it change is another question than whether its rows do.
  return named === undefined
    ? { ...moving, affected: { ...moving.affected, open: true } }
    : { ...moving, affected: { ...moving.affected, columns: named.affected.columns, open: true } };
};

const tracedBy = (
  traced: Extract<Traced, { kind: 'reached' }>,
  parents: readonly AffectedNode[],
): Judged => ({
  affected: { proof: surest(parents), columns: traced.columns, rows: traced.rows, open: false },
  why: traced.why,
});

/** Those that can be reached, each after all that it reads. */
const inOrder = (nodes: readonly DbtNode[], starts: Iterable<string>): readonly DbtNode[] => {
  const readers = new Map<string, DbtNode[]>();
  for (const node of nodes)
    for (const id of new Set(node.reads)) readers.set(id, [...(readers.get(id) ?? []), node]);
  const order: DbtNode[] = [];
  const seen = new Set<string>();
  const visit = (node: DbtNode): void => {
    if (seen.has(node.id)) return;
    seen.add(node.id);
    for (const reader of readers.get(node.id) ?? []) visit(reader);
    order.unshift(node);
  };
  const known = new Map(nodes.map((node) => [node.id, node]));
  for (const id of starts) {
    const node = known.get(id);
    if (node !== undefined) visit(node);
  }
  return order;
};

export interface Question {
  readonly nodes: readonly DbtNode[];
  /** By the id of the node that is the table of a source or target. */
  readonly starts: ReadonlyMap<string, Affected>;
  readonly sqlOf: (id: string) => ReadSql | undefined;
  readonly tracer?: Tracer | undefined;
}

/** Ids of all nodes whose SQL the walk may ask for. */
export const reachable = ({ nodes, starts }: Pick<Question, 'nodes' | 'starts'>): ReadonlySet<string> =>
  new Set(inOrder(nodes, starts.keys()).map(({ id }) => id));

export const walkDownstream = ({ nodes, starts, sqlOf, tracer }: Question): Walked => {
  const reached = new Map<string, AffectedNode & { readonly via: readonly string[] }>();
  const found: Downstream[] = [];
  const untouched: string[] = [];
  for (const node of inOrder(nodes, starts.keys())) {
    // Tests read to tell, and nothing is built of them.
    if (node.kind === 'test') continue;
    const start = starts.get(node.id);
    if (start !== undefined) {
      // What becomes of a target's columns the mappings say.
      reached.set(node.id, { node, affected: start, via: [node.name] });
      continue;
    }
    const parents = node.reads.flatMap((id) => reached.get(id) ?? []);
    const [first] = parents;
    if (first === undefined) continue;
    const traced = parents.some(({ affected }) => affected.open)
      ? undefined
      : tracer?.(node, parents, [...reached.values()]);
    if (traced?.kind === 'untouched') {
      untouched.push(node.id);
      continue;
    }
    const { affected, why } =
      traced === undefined ? judge(node, parents, sqlOf(node.id)) : tracedBy(traced, parents);
    const shortest = parents.reduce((best, each) => (each.via.length < best.via.length ? each : best), first);
    found.push({ node, affected, why, via: shortest.via });
    reached.set(node.id, { node, affected, via: [...shortest.via, node.name] });
  }
  return { found, untouched };
};
