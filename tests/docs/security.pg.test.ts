// docs/security.md: the role that it makes is enough, and no more than enough.
import { expect, it } from 'vitest';
import { doctor } from '../../src/batch/doctor/doctor.ts';
import { run } from '../../src/batch/run.ts';
import type { Project } from '../../src/project/project.ts';
import { corner } from '../batch/corner.ts';
import { createSandbox } from '../support/sandbox.ts';
import { examplesOf } from './guide.ts';

it('the role of the guide runs batches, and doctor finds nothing missing', async () => {
  const sandbox = await createSandbox('postgres', {
    ...corner(),
    tables: [
      ...corner().tables,
      'create table marts.fact_vendor (vendor_id bigint, vendor_name varchar(40))',
      'create table marts.fact_item (order_id bigint, line_no int, product varchar(40))',
    ],
  });
  const [example] = examplesOf('security.md').filter(({ language }) => language === 'sql');
  try {
    // Roles belong to the whole server, and the suites share it.
    const text = (example?.text ?? '')
      .replaceAll(/\btidemark(?= login|;)/g, 'tidemark_guide')
      .replaceAll('authorization tidemark;', 'authorization tidemark_guide;');
    await sandbox.sql(...text.split(/;\s*/).filter((statement) => statement.trim() !== ''));
    const url = new URL(sandbox.place);
    url.username = 'tidemark_guide';
    const project: Project = { ...sandbox.project(), connection: { type: 'postgres', url: url.href } };
    expect((await run({ project, waitMs: 20_000 })).exit).toBe(0);
    await sandbox.sql(
      `update staging.companies set name = 'Adler Ltd', updated_at = timestamp '2020-05-01' where id = 1`,
    );
    expect((await run({ project, waitMs: 20_000 })).report).toMatchObject({ status: 'applied', batch: 2 });
    const { findings } = await doctor({ project });
    expect(findings.filter(({ check, severity }) => severity === 'error' || check === 'rights')).toEqual([]);
  } finally {
    await sandbox.sql('drop owned by tidemark_guide cascade', 'drop role tidemark_guide');
    await sandbox.remove();
  }
});
