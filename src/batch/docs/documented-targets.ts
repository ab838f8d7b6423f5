// What the mappings say of each target, as dbt's docs are to tell it.
import type { DbtNode } from '../../dbt/manifest.ts';
import { plainText, type DocumentedColumn, type DocumentedTarget } from '../../dbt/docs/documented.ts';
import type { Dictionary, MappedColumn, Target } from '../../dictionary/dictionary.ts';
import { plainColumn } from '../../dictionary/references.ts';
import { aliasesOf, relationOf, refsOf } from '../../graph/reads.ts';
import type { TableName } from '../../sql/table-name.ts';
import { sameRelation } from '../impact/same-relation.ts';

const kept = 'kept in step by Tidemark';

const listed = (from: readonly string[]): string => from.map((each) => `\`${each}\``).join(', ');

const ofModel = (target: Target, { name }: MappedColumn): DocumentedColumn => {
  const influences = target.root.kind === 'query' ? target.root.query.influences : [];
  const made = influences.filter(
    ({ decides, how }) => decides === name && (how === 'direct' || how === 'expression'),
  );
  const from = [...new Set(made.map(({ relation, column }) => `${relation}.${column}`))];
  const isPlain = from.length === 1 && made.every(({ how }) => how === 'direct');
  const words = from.length === 0 ? 'by the SQL of the model' : `${isPlain ? '' : 'made of '}${listed(from)}`;
  return { name, from, expression: undefined, description: plainText(`${words}; ${kept}`) };
};

const ofMapping = (target: Target, { name, expression }: MappedColumn): DocumentedColumn => {
  const reads = refsOf(expression).map(({ alias, column }) => `${relationOf(target, alias)}.${column}`);
  const from = [...new Set(reads)];
  if (plainColumn(expression) !== undefined)
    return { name, from, expression: undefined, description: plainText(`${listed(from)}; ${kept}`) };
  const text = plainText(expression.text);
  return { name, from, expression: text, description: plainText(`\`${text}\`; ${kept}`) };
};

/** The columns that the table is found to have, in its mapping's order. */
const columnsOf = (target: Target): readonly DocumentedColumn[] =>
  target.columns.map((column) =>
    target.root.kind === 'query' ? ofModel(target, column) : ofMapping(target, column),
  );

const readBy = ({ sources, targets }: Dictionary, target: Target): readonly TableName[] => {
  const names = new Set(aliasesOf(target).map((alias) => relationOf(target, alias)));
  names.delete(target.name);
  return [...sources, ...targets].flatMap(({ name, table }) => (names.has(name) ? [table] : []));
};

export const documentedTargets = (
  dictionary: Dictionary,
  nodes: readonly DbtNode[],
): readonly DocumentedTarget[] => {
  const nodeOf = (table: TableName): DbtNode | undefined =>
    nodes.find(({ relation }) => relation !== undefined && sameRelation(relation, table));
  return dictionary.targets.map((target) => ({
    name: target.name,
    node: nodeOf(target.table),
    columns: columnsOf(target),
    reads: readBy(dictionary, target).flatMap((table) => nodeOf(table) ?? []),
    mapping: target.at.file,
    description: target.description,
    owner: target.owner,
  }));
};
