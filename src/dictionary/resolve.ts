// Raw dictionary + what the warehouse holds → typed dictionary, with all problems at once.
import type { Problem } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { inOrder } from '../project/problems.ts';
import type { Catalog } from './catalog.ts';
import { findCycles } from './cycles.ts';
import type { Dictionary, Source, Target } from './dictionary.ts';
import type { RawDictionary } from './raw.ts';
import { redact } from './redaction.ts';
import { declare, relationOf } from './relations.ts';
import type { Context, DeclaredSource, DeclaredTarget } from './relations.ts';
import { resolveModel, type ModelOutcome } from './resolve-model.ts';
import { resolveLog } from './resolve-log.ts';
import { resolveSource } from './resolve-source.ts';
import { resolveTarget, type Grounds } from './resolve-target.ts';
import type { Naming } from './tables.ts';
import { isBelieved, type Part, type Trust } from './trust.ts';

export interface Resolved {
  /** To be trusted only where there are no problems. */
  readonly dictionary: Dictionary;
  readonly problems: readonly Problem[];
}

export interface Known {
  /** Tables that exist, as `schema.table`, for hints. */
  readonly tableNames?: readonly string[] | undefined;
  /** Mappings that fitted their tables before, or parts of them: nothing is reported of those. */
  readonly trusted?: ReadonlyMap<string, Trust> | undefined;
  /** Targets whose tables are not what they were. */
  readonly shapeless?: ReadonlySet<string> | undefined;
  /** What is known of the dbt models that are targets, by target; a target that is none of them is passed over. */
  readonly models?: ReadonlyMap<string, ModelOutcome> | undefined;
}

const resolveAny = (declared: DeclaredSource, context: Context): Source => {
  const { log } = declared.raw;
  return log === undefined ? resolveSource(declared, context) : resolveLog(declared, log, context);
};

/** Without a catalog names of tables and columns are believed (`validate --offline`). */
export const resolveDictionary = (
  raw: RawDictionary,
  project: Naming & Pick<Project, 'limits' | 'redactKey'>,
  catalog: Catalog | undefined,
  { tableNames = [], trusted, shapeless, models = new Map() }: Known = {},
): Resolved => {
  const problems: Problem[] = [];
  const context: Context = {
    raw,
    naming: project,
    limits: project.limits,
    catalog,
    tableNames,
    report: (problem) => problems.push(problem),
    shapeless,
  };
  const silent: Context = { ...context, report: () => undefined };
  const declared = declare(context);
  const all = [...declared.values()];
  const sources = all.flatMap((one) =>
    one.kind === 'source' && !one.raw.unsupported ? [resolveAny(one, context)] : [],
  );
  const mirrored = new Map(sources.map((source) => [source.name, source.columns]));
  const relations = new Map(
    all.map((one) => [one.name, relationOf(one, one.info && mirrored.get(one.name), context)]),
  );
  // What a trusted mapping reads of another target's table was there when it was last in step.
  const believed = new Map(
    [...relations].map(([name, relation]) => [
      name,
      declared.get(name)?.kind === 'target' ? { ...relation, believed: true } : relation,
    ]),
  );
  const names = new Set(declared.keys());
  const strict: Grounds = { all: { declared, relations, names }, context };
  const lenient: Grounds = { all: { declared, relations: believed, names }, context: silent };
  const circular = findCycles(declared, models, context);
  const resolveOne = (one: DeclaredTarget): readonly Target[] => {
    const groundsOf = (part: Part): Grounds => (isBelieved(trusted?.get(one.name), part) ? lenient : strict);
    if (one.raw.model === undefined) return [resolveTarget(one, groundsOf)];
    const model = models.get(one.name);
    if (model !== undefined && 'query' in model)
      return [resolveModel(one, model.query, groundsOf({ kind: 'base' }).context)];
    if (model !== undefined) context.report(model.problem);
    return [];
  };
  const targets = all.flatMap((one) =>
    one.kind === 'target' && one.raw.enabled && !circular.has(one.name) ? resolveOne(one) : [],
  );
  const dictionary = redact(
    { sources, targets },
    { sources: raw.sources, hasKey: project.redactKey !== undefined, report: context.report },
  );
  return { dictionary, problems: inOrder(problems) };
};
