// What happens to a project beside its loader: dbt builds a target anew, somebody edits a target, a mapping
// changes. The next batch must set all of it right.
import { drawAggregate, wordsOf } from './draw-aggregates.ts';
import { drawExpression, type Reach } from './draw-expressions.ts';
import { manyOf } from './many.ts';
import { rebuildTarget, spoilTarget, type Scene } from './prebuilt.ts';
import type { MappedSpec, ProjectSpec, TargetSpec } from './spec.ts';

export type Happening = 'rebuilt' | 'edited' | 'remapped' | 'nothing';

const prebuiltGrains = ({ targets }: ProjectSpec): readonly TargetSpec[] =>
  targets.filter(({ begins, from }) => begins !== 'absent' && from !== undefined);

/** Only where no filter or inner join has to fit what the new call sees. */
const remapAggregate = ({ random, place }: Scene, target: TargetSpec, root: Reach): TargetSpec => {
  const { grouped, joins, where } = target;
  if (where !== undefined || joins.some(({ type }) => type === 'inner')) return target;
  for (let tries = 0; tries < 20; tries += 1) {
    const drawn = drawAggregate(random, { root, joins, grouped, words: wordsOf(place.engine) }, 'drawn');
    const column = target.mapped.find(
      ({ aggregate, kind }) => aggregate !== undefined && kind === drawn.kind,
    );
    if (column === undefined) continue;
    const changed = { ...drawn, name: column.name, type: column.type };
    return { ...target, mapped: target.mapped.map((each) => (each === column ? changed : each)) };
  }
  return target;
};

const remap = (scene: Scene, target: TargetSpec): TargetSpec => {
  const { random } = scene;
  const { from } = target;
  if (from === undefined) return target;
  const root = { alias: from.name, relation: from };
  const many = target.joins.filter(({ alias }) => manyOf(target, [alias]).length > 0);
  if (target.grouped || many.length > 0) return remapAggregate(scene, target, root);
  const reach = [root, ...target.joins];
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
      const changed = remap(scene, target);
      return { ...project, targets: project.targets.map((each) => (each === target ? changed : each)) };
    }
  }
};
