// The YAML file that is all ours: an exposure per target, and the columns of those models that nobody else describes.
import { Document } from 'yaml';
import type { DbtNode } from '../manifest.ts';
import { columnMeta, plainText, type DocumentedTarget } from './documented.ts';

const head =
  ' Written by `tidemark docs --write`, which writes it anew each time: edit the mappings instead.';

export const isOwnFile = (text: string): boolean => text.startsWith(`#${head}`);

type Json = Readonly<Record<string, unknown>>;

const withMeta = (place: 'config' | 'node', meta: Json): Json =>
  place === 'config' ? { config: { meta } } : { meta };

const described = (target: DocumentedTarget, place: 'config' | 'node'): Json => ({
  name: target.node?.name,
  columns: target.columns.map((column) => ({
    name: column.name,
    description: column.description,
    ...withMeta(place, { tidemark: columnMeta(column, target.mapping) }),
  })),
});

const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;

/** As dbt's `depends_on` takes it. */
const refTo = ({ kind, group, name, package: owner, version }: DbtNode, project: string): string => {
  if (kind === 'source') return `source(${quoted(group ?? '')}, ${quoted(name)})`;
  const words = [
    ...(owner === project || owner === '' ? [] : [quoted(owner)]),
    quoted(name),
    ...(version === undefined ? [] : [`v=${/^\d+$/.test(version) ? version : quoted(version)}`]),
  ];
  return `ref(${words.join(', ')})`;
};

/** Letters, digits and underscores are all that dbt takes. */
export const exposureName = (target: string): string => `tidemark_${target.replaceAll(/\W/g, '_')}`;

const owned = (owner: string | undefined): Json => {
  if (owner === undefined) return { name: 'Tidemark' };
  return /^\S+@\S+$/.test(owner) ? { email: owner } : { name: plainText(owner) };
};

const exposure = (target: DocumentedTarget, project: string, place: 'config' | 'node'): Json => {
  const { name, node, reads, columns, mapping, description, owner } = target;
  const nodes = [...(node === undefined ? [] : [node]), ...reads].filter(
    ({ isPrivate }) => isPrivate !== true,
  );
  const says = `${columns.length} column${columns.length === 1 ? '' : 's'} of \`${name}\` are kept in step between builds (${mapping})`;
  return {
    name: exposureName(name),
    label: `${name}, kept in step`,
    type: 'application',
    owner: owned(owner),
    description: plainText(description === undefined ? says : `${description} ${says}`),
    depends_on: [...new Set(nodes.map((each) => refTo(each, project)))],
    ...withMeta(place, {
      tidemark: {
        mapping,
        columns: Object.fromEntries(columns.map((column) => [column.name, column.from])),
      },
    }),
  };
};

export interface OwnFile {
  /** Targets that some node of dbt has to do with. */
  readonly exposed: readonly DocumentedTarget[];
  /** Those whose columns nobody else describes. */
  readonly undescribed: readonly DocumentedTarget[];
  readonly project: string;
  readonly meta: 'config' | 'node';
}

export const ownFileText = ({ exposed, undescribed, project, meta }: OwnFile): string => {
  const of = (kind: DbtNode['kind']): readonly Json[] =>
    undescribed.filter(({ node }) => node?.kind === kind).map((target) => described(target, meta));
  const models = of('model');
  const snapshots = of('snapshot');
  const document = new Document(
    {
      version: 2,
      ...(models.length === 0 ? {} : { models }),
      ...(snapshots.length === 0 ? {} : { snapshots }),
      exposures: exposed.map((target) => exposure(target, project, meta)),
    },
    { aliasDuplicateObjects: false },
  );
  document.commentBefore = head;
  return document.toString({ lineWidth: 0 });
};
