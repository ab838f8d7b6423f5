// Whose pipeline stands in a schema: noted there by the first script, which ends where somebody else's is noted.
import { deployedTable } from './objects.ts';
import type { PipelineSettings } from './pipeline.ts';
import { literal } from './quote.ts';

/** Beside the objects in the table of notes. */
export const ownerObject = 'pipeline';

export const ownerOf = (project: string, environment: string): string => `${project} (${environment})`;

interface OwnerStatement {
  readonly about: string;
  readonly sql: string;
}

export const ownerStatements = (settings: PipelineSettings): readonly OwnerStatement[] => {
  const notes = deployedTable(settings);
  const owner = ownerOf(settings.project, settings.environment);
  const own = `"OBJECT" = ${literal(ownerObject)}`;
  return [
    {
      about: 'whose pipeline this schema holds: whoever came first',
      sql: `insert into ${notes}
select ${literal(ownerObject)}, ${literal(owner)}, sysdate()
where not exists (select 1 from ${notes} where ${own})`,
    },
    {
      about: 'asserts that it is ours',
      sql: `execute immediate
$$
declare
  taken exception (-20001, ${literal(`the schema holds the pipeline of another project or environment than ${owner}`)});
begin
  let others number := (select count(*) from ${notes} where ${own} and "HASH" <> ${literal(owner)});
  if (others > 0) then
    raise taken;
  end if;
  return 'ours';
end;
$$`,
    },
  ];
};
