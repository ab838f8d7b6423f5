// The tables that dbt builds and that may be kept in step, those that the warehouse has of what their SQL reads, and
// what of the manifest is left out at once, with the reason.
import type { DbtManifest, DbtNode } from '../../dbt/manifest.ts';
import type { NodeHints } from '../../dbt/node-hints.ts';
import { nodeWord } from '../../dbt/nodes.ts';
import { selectNodes } from '../../dbt/select-nodes.ts';
import type { CatalogTable } from '../../dictionary/catalog.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { didYouMean } from '../../project/problems.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import type { Readings } from '../readings.ts';

export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

export interface Chosen {
  readonly nodes: readonly DbtNode[];
  readonly left: readonly LeftOut[];
}

const built = new Set(['table', 'incremental', 'dynamic_table', 'snapshot', 'tidemark_mirror']);

/** Why it is nothing to be kept in step, where that can be told from the manifest alone. */
const unfit = ({ kind, materialized, relation, mapping }: DbtNode): string | undefined => {
  if (mapping !== undefined) return 'its own `meta: {tidemark: …}` maps it';
  if (kind !== 'model' && kind !== 'snapshot') return `a ${kind} is not computed from other tables`;
  if (relation === undefined || materialized === 'ephemeral') return 'it is ephemeral: there is no table';
  if (materialized === 'view') return 'it is a view: it shows at once what changes';
  return kind === 'snapshot' || built.has(materialized ?? 'table')
    ? undefined
    : `it is materialized as \`${materialized ?? ''}\``;
};

const unknownWord = (word: string, { nodes }: DbtManifest): TidemarkError =>
  new TidemarkError('unknown_target', {
    message: `\`--select ${word}\` names no node of dbt's manifest`,
    hint:
      didYouMean(
        word.replaceAll('+', ''),
        nodes.flatMap(({ kind, name }) => (kind === 'model' || kind === 'snapshot' ? [name] : [])),
      ) ?? 'models are named as in dbt: `fct_orders`, `fct_orders+` with all that reads it, `tag:nightly`',
  });

/** Of the project itself. One that only brings a package its data builds the tables of that package. */
const ownNodes = ({ nodes, project }: DbtManifest): readonly DbtNode[] => {
  const own = nodes.filter((node) => node.package === project || project === '');
  return own.some((node) => unfit(node) === undefined) ? own : nodes;
};

/** Of the project itself, or those that were asked for. */
export const chooseNodes = (
  manifest: DbtManifest,
  hints: ReadonlyMap<string, NodeHints>,
  select: readonly string[],
): Chosen => {
  const { ids, unknown } = selectNodes(manifest, hints, select);
  const [word] = unknown;
  if (word !== undefined) throw unknownWord(word, manifest);
  const asked = select.length === 0 ? ownNodes(manifest) : manifest.nodes.filter(({ id }) => ids.has(id));
  const nodes: DbtNode[] = [];
  const left: LeftOut[] = [];
  for (const node of asked) {
    if (node.kind !== 'model' && node.kind !== 'snapshot') continue;
    const reason = unfit(node);
    if (reason === undefined) nodes.push(node);
    // Views are no news where all was asked for.
    else if (select.length > 0 || node.mapping !== undefined) left.push({ name: nodeWord(node), reason });
  }
  return { nodes, left };
};

/** The tables of all nodes, and those that their SQL names besides. */
export const lookAtTables = async (
  warehouse: Warehouse,
  readings: Readings,
  nodes: readonly DbtNode[],
): Promise<ReadonlyMap<string, CatalogTable>> => {
  const wanted = new Map<string, TableName>();
  const seen = new Set<string>();
  const waiting = [...nodes];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    if (node.relation !== undefined) {
      const { schema, name } = node.relation;
      wanted.set(readings.place(schema, name), { schema, name });
    }
    const model = node.kind === 'model' || node.kind === 'snapshot' ? readings.of(node) : 'no model';
    if (typeof model === 'string') continue;
    for (const read of model.reads) {
      if (read.node !== undefined) waiting.push(read.node);
      else if (read.schema !== undefined) wanted.set(read.place, { schema: read.schema, name: read.name });
    }
  }
  const found = await warehouse.introspect([...wanted.values()]);
  return new Map(found.map((info) => [readings.place(info.table.schema, info.table.name), info]));
};
