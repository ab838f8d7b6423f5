// A column of a source under a new name, in all that a project says of it.
import type { ProjectSpec, RelationSpec, SourceSpec, TargetSpec } from '../random-dictionary/spec.ts';

export interface Renaming {
  readonly source: string;
  readonly from: string;
  readonly to: string;
}

const columnsOf = <R extends RelationSpec>(relation: R, { source, from, to }: Renaming): R =>
  relation.name === source
    ? {
        ...relation,
        columns: relation.columns.map((column) => (column.name === from ? { ...column, name: to } : column)),
      }
    : relation;

const inText = (text: string, aliases: readonly string[], { from, to }: Renaming): string =>
  aliases.reduce(
    (so, alias) => so.replaceAll(new RegExp(`\\b${alias}\\.${from}\\b`, 'g'), `${alias}.${to}`),
    text,
  );

const targetUnder = (target: TargetSpec, renaming: Renaming): TargetSpec => {
  const { source } = renaming;
  const aliases = [
    ...target.joins.filter(({ relation }) => relation.name === source).map(({ alias }) => alias),
    ...(target.from?.name === source ? [source] : []),
  ];
  return {
    ...target,
    from: target.from && columnsOf(target.from, renaming),
    joins: target.joins.map((join) => ({
      ...join,
      relation: columnsOf(join.relation, renaming),
      on: inText(join.on, aliases, renaming),
    })),
    where: target.where && inText(target.where, aliases, renaming),
    mapped: target.mapped.map(({ aggregate, ...column }) => ({
      ...column,
      expression: inText(column.expression, aliases, renaming),
      aggregate: aggregate && { ...aggregate, call: inText(aggregate.call, aliases, renaming) },
    })),
  };
};

const bare = (text: string | undefined, { from, to }: Renaming): string | undefined =>
  text?.replaceAll(new RegExp(`\\b${from}\\b`, 'g'), to);

const sourceUnder = (source: SourceSpec, renaming: Renaming): SourceSpec => {
  if (source.name !== renaming.source) return source;
  return {
    ...columnsOf(source, renaming),
    where: bare(source.where, renaming),
    deleted: bare(source.deleted, renaming),
    excluded: source.excluded.map((name) => (name === renaming.from ? renaming.to : name)),
    renamed: { ...source.renamed, [renaming.to]: renaming.from },
  };
};

export const renameIn = ({ sources, targets }: ProjectSpec, renaming: Renaming): ProjectSpec => ({
  sources: sources.map((source) => sourceUnder(source, renaming)),
  targets: targets.map((target) => targetUnder(target, renaming)),
});
