// What the neighbour has to work with, and what lasts of what he does.
import type { Random } from '../../../scripts/shop/random.ts';
import type { ErrorCode } from '../../../src/errors/policy.ts';
import type { Place, Schemas } from '../place.ts';
import type { ProjectSpec, RelationSpec, SourceSpec, TargetSpec } from '../random-dictionary/spec.ts';
import type { Staging } from '../random-dictionary/staging.ts';

export interface Scene {
  readonly place: Place;
  readonly schemas: Schemas;
  readonly random: Random;
  readonly staging: Staging;
  /** The project as it is now. */
  spec: ProjectSpec;
  /** Where its mapping files are. */
  readonly folder: string;
  /** What was done so far, to be read when something goes wrong. */
  readonly diary: string[];
}

/** What a person tells the next run when he mends something. */
export interface Remedy {
  readonly adopt?: readonly string[] | undefined;
  readonly reconcile?: readonly string[] | undefined;
}

/** Something that does not go away by itself. */
export interface Harm {
  /** A source or target. */
  readonly relation: string;
  /** What it may be left out for while this lasts; nothing else will do. */
  readonly codes: readonly ErrorCode[];
  /** What those that read it may be left out for, beside waiting for it. */
  readonly readers: readonly ErrorCode[];
  /** Nobody can build a table from it. */
  readonly breaksBuilds: boolean;
  /** Columns of a source that its mirror need not have as staging has them. */
  readonly unlike?: readonly string[] | undefined;
  /** It must not be taken for sound. */
  readonly mustBeNoticed?: boolean | undefined;
  mend(scene: Scene): Promise<Remedy>;
}

/** An act: what lasts of it, if anything. */
export type Act<R extends RelationSpec> = (scene: Scene, relation: R) => Promise<Harm | undefined>;

export type SourceAct = Act<SourceSpec>;
export type TargetAct = Act<TargetSpec>;

/** Names of all relations that a target reads, directly or through others. */
const readsOf = (spec: ProjectSpec, name: string): ReadonlySet<string> => {
  const found = new Set<string>();
  const follow = (each: string): void => {
    const target = spec.targets.find((candidate) => candidate.name === each);
    if (target === undefined) return;
    const direct = [
      ...(target.from === undefined ? [] : [target.from]),
      ...target.joins.map(({ relation }) => relation),
    ];
    for (const relation of direct) {
      if (found.has(relation.name)) continue;
      found.add(relation.name);
      follow(relation.name);
    }
  };
  follow(name);
  return found;
};

export const isBuildable = (spec: ProjectSpec, harms: readonly Harm[], target: TargetSpec): boolean => {
  const reads = readsOf(spec, target.name);
  return !harms.some(({ relation, breaksBuilds }) => breaksBuilds && reads.has(relation));
};

/** All codes that each relation may be left out for as things stand. */
export const permittedCodes = (
  spec: ProjectSpec,
  harms: readonly Harm[],
  always: readonly ErrorCode[],
): ReadonlyMap<string, ReadonlySet<ErrorCode>> => {
  const ofSource = ({ name }: SourceSpec): readonly ErrorCode[] =>
    harms.filter(({ relation }) => relation === name).flatMap(({ codes }) => codes);
  const ofTarget = ({ name }: TargetSpec): readonly ErrorCode[] => {
    const reads = readsOf(spec, name);
    return harms.flatMap(({ relation, codes, readers }): readonly ErrorCode[] => {
      if (relation === name) return codes;
      return reads.has(relation) ? [...readers, 'upstream_behind', 'source_stale'] : [];
    });
  };
  const waiting: readonly ErrorCode[] = always.length === 0 ? [] : ['upstream_behind', 'source_stale'];
  return new Map([
    ...spec.sources.map((source) => [source.name, new Set([...always, ...ofSource(source)])] as const),
    ...spec.targets.map(
      (target) => [target.name, new Set([...always, ...waiting, ...ofTarget(target)])] as const,
    ),
  ]);
};
