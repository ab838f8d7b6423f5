// The forms that each table of dbt may take: its own SQL as the mapping, a snapshot as a history, or the columns that
// pass through from a source.
import type { DbtManifest, DbtNode } from '../../dbt/manifest.ts';
import { closedLineage, type ClosedLineage } from '../../dbt/model/closed-lineage.ts';
import { nodeName, nodeWord } from '../../dbt/nodes.ts';
import { noHints, type NodeHints } from '../../dbt/node-hints.ts';
import type { CatalogTable } from '../../dictionary/catalog.ts';
import type { Lack } from '../../sql/dialect.ts';
import type { Session } from '../../warehouse/port.ts';
import type { SourceChooser, Ground } from './choose-sources.ts';
import { passThrough } from './pass-through.ts';
import { proveKey } from './prove-key.ts';
import { worthKeeping } from './worth-keeping.ts';
import type { Candidate, Form, HistoryForm, ProvenKey, SourceProposal } from './proposal.ts';
import { lackingForm } from '../lacking.ts';
import { meaningWith, type Readings } from '../readings.ts';
import type { Line } from './settle.ts';
import type { LeftOut } from './tables-of-dbt.ts';

export interface LinesQuestion {
  readonly manifest: DbtManifest;
  readonly readings: Readings;
  readonly hints: ReadonlyMap<string, NodeHints>;
  readonly nodes: readonly DbtNode[];
  readonly tables: ReadonlyMap<string, CatalogTable>;
  readonly chooser: SourceChooser;
  readonly session: Session;
  /** What batches cannot do on this warehouse: not proposed. */
  readonly lacks: readonly Lack[];
}

interface Coverage {
  readonly columns: number;
  readonly traced: number;
}

export interface Lines {
  readonly lines: readonly Line[];
  readonly left: readonly LeftOut[];
  readonly coverage: Coverage;
}

const lineageOf = (
  { readings, tables }: LinesQuestion,
  { node, info }: { readonly node: DbtNode; readonly info: CatalogTable },
  { sources, blocked }: Ground,
): ClosedLineage | undefined => {
  const model = readings.of(node);
  if (typeof model === 'string') return undefined;
  const named = new Map([...sources].map(([place, { name }]) => [place, name]));
  // What can be no source is read all the same; its columns lead nowhere.
  const relations = new Map([...named, ...[...blocked.keys()].map((place) => [place, `!${place}`] as const)]);
  const own = node.relation && readings.place(node.relation.schema, node.relation.name);
  if (own !== undefined) relations.set(own, `!${own}`);
  const places = new Map([...relations].map(([place, name]) => [name, place]));
  const columnsOf = (relation: string): readonly string[] =>
    tables.get(places.get(relation) ?? '')?.columns.map(({ name }) => name) ?? [];
  return closedLineage(
    {
      tree: model.tree,
      dialect: readings.dialect,
      meaningOf: meaningWith(readings, relations),
      columnsOf,
      builds: info.columns.map(({ name }) => name),
    },
    readings.parser,
  );
};

const historyForm = (
  { info }: { readonly info: CatalogTable },
  hints: NodeHints,
  lineage: ClosedLineage,
  sources: ReadonlyMap<string, SourceProposal>,
): { readonly form: HistoryForm; readonly key: ProvenKey } | undefined => {
  const { snapshot } = hints;
  const passed = lineage.columns.flatMap(({ name, passes }) =>
    passes === undefined ? [] : [{ name, ...passes }],
  );
  const froms = new Set(passed.map(({ relation }) => relation));
  const [from] = froms;
  const source = from === undefined ? undefined : sources.get(from);
  if (snapshot === undefined || source === undefined || froms.size > 1) return undefined;
  if (passed.length < lineage.columns.length) return undefined;
  const nameOf = (column: string): string | undefined => passed.find((each) => each.column === column)?.name;
  const key = source.key.columns.map(({ name }) => nameOf(name));
  const stored = info.columns.map(({ name }) => name);
  if (!key.every((name) => name !== undefined && stored.includes(name))) return undefined;
  const checks = snapshot.strategy === 'check';
  const track = snapshot.checked === 'all' ? passed.map(({ name }) => name) : snapshot.checked;
  return {
    form: {
      kind: 'history',
      from: source.name,
      columns: passed.map(({ name, column }) => ({ name, source: source.name, column })),
      hardDeletes: snapshot.hardDeletes,
      track: checks ? track.filter((name) => !key.includes(name)) : undefined,
    },
    key: {
      columns: key.flatMap((name) => (name === undefined ? [] : [{ name, nullable: false }])),
      why: `the key of \`${source.name}\``,
      guessed: false,
    },
  };
};

const typeIn =
  (tables: LinesQuestion['tables'], { sources }: Ground) =>
  (name: string, column: string): string | undefined => {
    const place = [...sources].find(([, source]) => source.name === name)?.[0] ?? '';
    return tables.get(place)?.columns.find((each) => each.name === column)?.type;
  };

const bySourceName = ({ sources }: Ground): ReadonlyMap<string, SourceProposal> =>
  new Map([...sources.values()].map((source) => [source.name, source]));

/** Without its own SQL: the columns that pass through, where rows of the source can be found. */
const passing = async (
  asked: LinesQuestion,
  candidate: Candidate,
  found: { readonly ground: Ground; readonly lineage: ClosedLineage },
): Promise<readonly Form[]> => {
  const { ground, lineage } = found;
  const form = passThrough({
    candidate,
    lineage,
    sources: bySourceName(ground),
    typeOf: typeIn(asked.tables, ground),
    untouched: new Set(candidate.node?.watermarks),
  });
  if (form === undefined) return [];
  const kept = await worthKeeping(asked.session, {
    candidate,
    form,
    sources: bySourceName(ground),
    least: 1,
  });
  return kept === undefined ? [] : [kept];
};

const lineOf = async (
  asked: LinesQuestion,
  node: DbtNode,
  info: CatalogTable,
): Promise<{ readonly line: Line; readonly lineage: ClosedLineage | undefined } | string> => {
  const hints = asked.hints.get(node.id) ?? noHints;
  const ground = await asked.chooser.under(node);
  if (typeof ground === 'string') return ground;
  const lineage = lineageOf(asked, { node, info }, ground);
  const sourcesOf = (form: Form): readonly SourceProposal[] => {
    const all = bySourceName(ground);
    if (form.kind === 'model') return [...all.values()];
    const names = form.kind === 'history' ? [form.from] : form.joins.map(({ source }) => source);
    return names.flatMap((name) => all.get(name) ?? []);
  };
  if (node.kind === 'snapshot') {
    if (asked.lacks.includes('histories')) return lackingForm('histories');
    const history = lineage && historyForm({ info }, hints, lineage, bySourceName(ground));
    if (history === undefined) return 'its SQL is more than the columns of one table with a key';
    const candidate = { name: nodeWord(node), written: nodeWord(node), node, info, key: history.key };
    return { line: { candidate, forms: [history.form], reasons: [], sourcesOf }, lineage };
  }
  const key = await proveKey(asked.session, { info, claimed: hints.keys, nullable: true });
  if (key === undefined)
    return 'no columns tell its rows apart: test one as `unique`, or name the key yourself';
  const candidate: Candidate = { name: nodeWord(node), written: nodeWord(node), node, info, key };
  const lacking = asked.lacks.includes('models') ? [lackingForm('models')] : [];
  const reasons = [...new Set(ground.blocked.values()), ...lacking];
  const own: readonly Form[] = reasons.length === 0 ? [{ kind: 'model' }] : [];
  const passed = lineage === undefined ? [] : await passing(asked, candidate, { ground, lineage });
  return { line: { candidate, forms: [...own, ...passed], reasons, sourcesOf }, lineage };
};

export const linesOfDbt = async (asked: LinesQuestion): Promise<Lines> => {
  const lines: Line[] = [];
  const left: LeftOut[] = [];
  let [columns, traced] = [0, 0];
  for (const node of asked.nodes) {
    const at = node.relation && asked.readings.place(node.relation.schema, node.relation.name);
    const info = asked.tables.get(at ?? '');
    const leave = (reason: string): unknown => left.push({ name: nodeWord(node), reason });
    if (info === undefined) {
      leave(`it is not built yet: \`dbt build --select ${nodeName(node)}\``);
      continue;
    }
    if (info.kind === 'view') {
      leave('it is a view: it shows at once what changes');
      continue;
    }
    const found = await lineOf(asked, node, info);
    columns += info.columns.length;
    if (typeof found === 'string') {
      leave(found);
      continue;
    }
    traced += found.lineage?.columns.filter(({ unknown }) => unknown === undefined).length ?? 0;
    lines.push(found.line);
  }
  return { lines, left, coverage: { columns, traced: Math.min(traced, columns) } };
};
