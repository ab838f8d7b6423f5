// What happens to a project beside its loader: dbt builds a target anew, somebody edits a target, a mapping
// changes. The next batch must set all of it right.
import type { Random } from '../../../scripts/shop/random.ts';
import { drawExpression } from './draw-expressions.ts';
import { rebuildTarget, spoilTarget, type Scene } from './prebuilt.ts';
import type { MappedSpec, ProjectSpec, TargetSpec } from './spec.ts';

export type Happening = 'rebuilt' | 'edited' | 'remapped' | 'nothing';

const prebuiltGrains = ({ targets }: ProjectSpec): readonly TargetSpec[] =>
  targets.filter(({ begins, from }) => begins !== 'absent' && from !== undefined);

const remap = (random: Random, target: TargetSpec): TargetSpec => {
  const { from } = target;
  if (from === undefined) return target;
  const reach = [{ alias: from.name, relation: from }, ...target.joins];
  const { sql, kind, aliases } = drawExpression(random, reach);
  const column = target.mapped.find(
    (each) => each.kind === kind && !target.key.some(({ name }) => name === each.name),
  );
  if (column === undefined) return target;
  const changed: MappedSpec = { ...column, expression: sql, aliases };
  return { ...target, mapped: target.mapped.map((each) => (each === column ? changed : each)) };
};

/** Answers the project as it is afterwards. */
export const happen = async (what: Happening, scene: Scene, project: ProjectSpec): Promise<ProjectSpec> => {
  const targets = prebuiltGrains(project);
  if (what === 'nothing' || targets.length === 0) return project;
  const target = scene.random.oneOf(targets);
  switch (what) {
    case 'rebuilt':
      await rebuildTarget(scene, target, project);
      return project;
    case 'edited':
      await spoilTarget(scene, target);
      return project;
    case 'remapped': {
      const changed = remap(scene.random, target);
      return { ...project, targets: project.targets.map((each) => (each === target ? changed : each)) };
    }
  }
};
