// Raw dictionary + what the warehouse holds → typed dictionary, with all problems at once.
import type { Problem } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { inOrder } from '../project/problems.ts';
import type { Catalog } from './catalog.ts';
import { findCycles } from './cycles.ts';
import type { Dictionary, Source } from './dictionary.ts';
import type { RawDictionary } from './raw.ts';
import { declare, relationOf } from './relations.ts';
import type { Context, DeclaredSource } from './relations.ts';
import { resolveLog } from './resolve-log.ts';
import { resolveSource } from './resolve-source.ts';
import { resolveTarget } from './resolve-target.ts';
import type { Naming } from './tables.ts';

export interface Resolved {
  /** To be trusted only where there are no problems. */
  readonly dictionary: Dictionary;
  readonly problems: readonly Problem[];
}

export interface Known {
  /** Tables that exist, as `schema.table`, for hints. */
  readonly tableNames?: readonly string[] | undefined;
  /** Targets whose mapping fitted their table before: nothing is reported of them. */
  readonly trusted?: ReadonlySet<string> | undefined;
}

const resolveAny = (declared: DeclaredSource, context: Context): Source => {
  const { log } = declared.raw;
  return log === undefined ? resolveSource(declared, context) : resolveLog(declared, log, context);
};

/** Without a catalog names of tables and columns are believed (`validate --offline`). */
export const resolveDictionary = (
  raw: RawDictionary,
  project: Naming & Pick<Project, 'limits'>,
  catalog: Catalog | undefined,
  { tableNames = [], trusted }: Known = {},
): Resolved => {
  const problems: Problem[] = [];
  const context: Context = {
    raw,
    naming: project,
    limits: project.limits,
    catalog,
    tableNames,
    report: (problem) => problems.push(problem),
    trusted,
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
  const circular = findCycles(declared, context);
  const targets = all.flatMap((one) =>
    one.kind === 'target' && one.raw.enabled && !one.raw.unsupported && !circular.has(one.name)
      ? [
          trusted?.has(one.name) === true
            ? resolveTarget(one, { declared, relations: believed, names }, silent)
            : resolveTarget(one, { declared, relations, names }, context),
        ]
      : [],
  );
  return { dictionary: { sources, targets }, problems: inOrder(problems) };
};
