// A routine as a stored procedure: one transaction, undone by whatever fails in it. It runs with the rights of its caller, which
// is the task's owner, so that it has no rights that its caller lacks, and the session parameters of the task hold in it.
import type { PipelineSettings, Routine, Step } from './pipeline.ts';
import { indented, literal, quotedTable } from './quote.ts';

export const procedureName = ({ place }: PipelineSettings, routine: string): string =>
  quotedTable({ ...place, name: routine });

const comment = (about: string): string => `-- ${about}`;

const refusalName = (place: number): string => `refused_${place + 1}`;

const bodyOf = (step: Step, place: number): string => {
  if ('sql' in step) return `${comment(step.about)}\n${step.sql};`;
  return `${comment(step.about)}
let found_${place + 1} number := (${step.counts});
if (found_${place + 1} > 0) then
  raise ${refusalName(place)};
end if;`;
};

/** Numbers from -20000 to -20999 are the user's own. */
const exceptions = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step, place) =>
    'sql' in step ? [] : [`${refusalName(place)} exception (${-20001 - place}, ${literal(step.refusal)});`],
  );

const procedureBody = ({ steps }: Routine): string => {
  const declared = exceptions(steps);
  const declare = declared.length === 0 ? '' : `declare\n${indented(declared.join('\n'))}\n`;
  return `${declare}begin
  begin transaction;
${indented(steps.map(bodyOf).join('\n\n'))}
  commit;
  return 'done';
exception
  when other then
    rollback;
    raise;
end;`;
};

export const procedureStatement = (settings: PipelineSettings, routine: Routine): string =>
  `create or replace procedure ${procedureName(settings, routine.name)}()
returns varchar
language sql
comment = ${literal(routine.about)}
execute as caller
as
$$
${procedureBody(routine)}
$$`;
