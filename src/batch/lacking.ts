// Parts of a project that batches cannot do on its warehouse yet: named where mappings are looked at, and refused where a
// batch or a plan begins, before anything is read or written.
import { isLog, type Dictionary } from '../dictionary/dictionary.ts';
import { TidemarkError, type Position, type Problem } from '../errors/tidemark-error.ts';
import { buildGraph, relationsOf } from '../graph/graph.ts';
import type { Dialect, Lack } from '../sql/dialect.ts';

const words: Readonly<Record<Lack, string>> = {
  logs: 'sources that are logs',
  histories: 'histories',
  models: 'dbt models as mappings',
  'parts of batches': 'undos of a part of a batch (`--change`, `--source`, `--key`)',
};

/** What the pipeline that the warehouse runs by itself can do all the same. */
const native: Readonly<Record<Lack, boolean>> = {
  logs: true,
  histories: true,
  models: false,
  'parts of batches': false,
};

/** Why a form is not proposed. */
export const lackingForm = (lack: Lack): string => `${words[lack]} are not supported on this warehouse yet`;

interface Lacking {
  readonly name: string;
  readonly relation: string;
  readonly lack: Lack;
  readonly at: Position;
}

const lackingIn = ({ capabilities }: Dialect, { sources, targets }: Dictionary): readonly Lacking[] => {
  const { lacks } = capabilities;
  if (lacks.length === 0) return [];
  const ofTarget = ({ form, root }: Dictionary['targets'][number]): Lack | undefined =>
    form.kind === 'history' ? 'histories' : root.kind === 'query' ? 'models' : undefined;
  return [
    ...sources.flatMap((source) =>
      isLog(source) ? [{ name: source.name, relation: 'source', lack: 'logs' as const, at: source.at }] : [],
    ),
    ...targets.flatMap((target) => {
      const lack = ofTarget(target);
      return lack === undefined ? [] : [{ name: target.name, relation: 'target', lack, at: target.at }];
    }),
  ].filter(({ lack }) => lacks.includes(lack));
};

/** The first of them, if any. */
export const refuseLacking = (dialect: Dialect, dictionary: Dictionary): void => {
  const [first] = lackingIn(dialect, dictionary);
  if (first === undefined) return;
  throw new TidemarkError('not_supported', {
    message: `${first.relation} \`${first.name}\`: ${lackingForm(first.lack)}`,
    hint: 'docs/snowflake.md says what is; take it out of the mappings to run the rest',
  });
};

/** Before anything is taken back: a target that failed would be left behind by the rest. */
export const refuseParts = ({ capabilities }: Dialect): void => {
  if (!capabilities.lacks.includes('parts of batches')) return;
  throw new TidemarkError('not_supported', {
    message: lackingForm('parts of batches'),
    hint: 'without them the whole batch is taken back',
  });
};

export const lackingProblems = (dialect: Dialect, dictionary: Dictionary): readonly Problem[] =>
  lackingIn(dialect, dictionary).map(({ name, relation, lack, at }) => ({
    code: 'not_supported',
    severity: 'warning',
    message: `${relation} \`${name}\`: ${words[lack]} are not kept by \`tidemark run\` on this warehouse yet${
      native[lack] ? '; `tidemark snowflake generate` can' : ''
    }`,
    hint: 'docs/snowflake.md says what is; `plan` and `run` refuse the mappings while it is among them',
    at,
  }));

/** Targets that batches can do there, with all that they read. */
export const batchable = (dialect: Dialect, dictionary: Dictionary): ReadonlySet<string> => {
  const out = new Set(lackingIn(dialect, dictionary).map(({ name }) => name));
  const able = new Set<string>();
  for (const target of buildGraph(dictionary).order) {
    if (out.has(target.name) || relationsOf(target).some((name) => out.has(name))) out.add(target.name);
    else able.add(target.name);
  }
  return able;
};
