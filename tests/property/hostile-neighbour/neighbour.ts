// The neighbour: draws what he does and to whom, keeps what lasts of it, and mends it when he is asked to.
import { isTidemarkError } from '../../../src/errors/tidemark-error.ts';
import type { ErrorCode } from '../../../src/errors/policy.ts';
import type { ProjectSpec, SourceSpec, TargetSpec } from '../random-dictionary/spec.ts';
import { happen } from '../random-dictionary/events.ts';
import { writeMappings } from '../random-dictionary/mapping-files.ts';
import { mirrorActs } from './mirror-acts.ts';
import { isBuildable, permittedCodes, type Act, type Harm, type Remedy, type Scene } from './scene.ts';
import { stagingActs } from './staging-acts.ts';
import { passingActs, targetActs } from './target-acts.ts';

export class Neighbour {
  readonly #harms: Harm[] = [];
  /** Sources whose tables got another form since the last run. */
  readonly reshaped = new Set<string>();

  get harms(): readonly Harm[] {
    return this.#harms;
  }

  permitted(spec: ProjectSpec, always: readonly ErrorCode[]): ReadonlyMap<string, ReadonlySet<string>> {
    return permittedCodes(spec, this.#harms, always);
  }

  get unlike(): ReadonlyMap<string, ReadonlySet<string>> {
    const found = new Map<string, Set<string>>();
    for (const { relation, unlike = [] } of this.#harms)
      found.set(relation, new Set([...(found.get(relation) ?? []), ...unlike]));
    return found;
  }

  /** What must not have gone unnoticed. */
  unnoticed(behind: ReadonlySet<string>): readonly string[] {
    return this.#harms
      .filter(({ relation, mustBeNoticed }) => mustBeNoticed === true && !behind.has(relation))
      .map(({ relation, codes }) => `${relation} should have been left out (${codes.join(', ')})`);
  }

  async act(scene: Scene): Promise<void> {
    const { random, spec } = scene;
    switch (random.below(8)) {
      case 0:
        return this.#do(scene, mirrorActs, random.oneOf(spec.sources));
      case 7:
        return this.#remap(scene);
      case 1:
      case 2:
      case 3: {
        const source = random.oneOf(spec.sources);
        return scene.staging.isDamaged(source) ? undefined : this.#do(scene, stagingActs, source);
      }
      default: {
        const target = random.oneOf(spec.targets);
        return this.#isSound(scene, target) ? this.#do(scene, targetActs, target) : undefined;
      }
    }
  }

  /** Something that may happen in the middle of a batch. */
  async actInPassing(scene: Scene): Promise<void> {
    const { random, spec, staging } = scene;
    if (random.chance(2)) {
      scene.diary.push('- meanwhile the loader goes on');
      await staging.change(spec.sources, false);
    }
    for (let acts = random.below(3); acts > 0; acts -= 1) {
      const target = random.oneOf(spec.targets);
      if (this.#isSound(scene, target)) await this.#do(scene, passingActs, target);
    }
  }

  async mendOne(scene: Scene): Promise<Remedy> {
    const harm = this.#harms.shift();
    if (harm === undefined) return {};
    scene.diary.push(`- ${harm.relation} mended`);
    this.reshaped.add(harm.relation);
    return harm.mend(scene);
  }

  /** Somebody deploys another mapping of a column. */
  async #remap(scene: Scene): Promise<void> {
    const sound = scene.spec.targets.filter((target) => this.#isSound(scene, target));
    const spec = await happen('remapped', scene, { ...scene.spec, targets: sound });
    const changed = new Map(spec.targets.map((target) => [target.name, target]));
    scene.spec = {
      ...scene.spec,
      targets: scene.spec.targets.map((target) => changed.get(target.name) ?? target),
    };
    scene.diary.push('- a mapping changed');
    writeMappings(scene.folder, scene.spec);
  }

  #isSound({ spec }: Scene, target: TargetSpec): boolean {
    return (
      isBuildable(spec, this.#harms, target) && !this.#harms.some(({ relation }) => relation === target.name)
    );
  }

  async #do<R extends SourceSpec | TargetSpec>(
    scene: Scene,
    acts: Readonly<Record<string, Act<R>>>,
    relation: R,
  ): Promise<void> {
    const name = scene.random.oneOf(Object.keys(acts));
    const act = acts[name];
    if (act === undefined) return;
    scene.diary.push(`- ${relation.name}: ${name}`);
    this.reshaped.add(relation.name);
    try {
      const harm = await act(scene, relation);
      if (harm !== undefined) this.#harms.push(harm);
    } catch (error) {
      // The engine does not let him: a column that an index needs, a table that somebody reads.
      if (!isTidemarkError(error)) throw error;
      scene.diary.push(`  in vain: ${error.message.split('\n')[0]}`);
      await recovered(scene, relation);
    }
  }
}

const recovered = async ({ spec, staging }: Scene, relation: SourceSpec | TargetSpec): Promise<void> => {
  const source = spec.sources.find(({ name }) => name === relation.name);
  if (source !== undefined) await staging.restore(source);
};
