// Running out of memory is the affair of no single relation: the batch ends, nothing is written, a retry may help.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runIn } from '../../src/batch/run.ts';
import type { DuckDbConnection } from '../../src/project/project.ts';
import { verbatim } from '../../src/sql/fragment.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { createSandbox } from '../support/sandbox.ts';
import { corner } from './corner.ts';

it('out_of_memory: a batch that does not fit into memory writes nothing', async () => {
  const sandbox = await createSandbox('duckdb', corner());
  try {
    await sandbox.run();
    await sandbox.sql(
      `insert into staging.companies select n, repeat('x', 39) || n % 10, true, false, timestamp '2020-03-01 00:00:00' from range(10, 1500000) as s(n)`,
    );
    const { connection } = sandbox.project();
    const warehouse = await openWarehouse({ ...connection, limits: { memory: '20MB' } } as DuckDbConnection);
    try {
      await warehouse.session((session) => session.execute(verbatim(`set temp_directory = ''`)));
      await expect(runIn(warehouse, { project: sandbox.project() })).rejects.toMatchObject({
        code: 'out_of_memory',
        exitCode: 1,
        retryable: true,
        hint: expect.stringContaining('`memory_limit`'),
      });
    } finally {
      await warehouse.close();
    }
    expect(await sandbox.sql('select count(*) as n from marts.fact_vendor')).toEqual([{ n: '3' }]);
  } finally {
    await sandbox.remove();
  }
});

it('a ceiling of the project file holds: what does not fit into it is put beside the file', async () => {
  const sandbox = await createSandbox('duckdb', corner());
  try {
    await sandbox.run();
    await sandbox.sql(
      `insert into staging.companies select n, repeat('x', 39) || n % 10, true, false, timestamp '2020-03-01 00:00:00' from range(10, 200000) as s(n)`,
    );
    const file = join(sandbox.folder, 'tidemark.yml');
    const spill = join(sandbox.folder, 'spill');
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(
        '"type":"duckdb"',
        `"type":"duckdb","memory_limit":"80MB","threads":1,"temp_directory":"spill"`,
      ),
    );
    const { connection } = sandbox.project();
    expect(connection).toMatchObject({ limits: { memory: '80000000B', threads: 1, spill } });
    const { report } = await sandbox.run({ allow: ['fact_vendor:touched'] });
    expect(report.status).toBe('applied');
    expect(
      await sandbox.sql(
        `select current_setting('memory_limit') as memory, current_setting('temp_directory') as spill`,
      ),
    ).toEqual([{ memory: '76.2 MiB', spill }]);
  } finally {
    await sandbox.remove();
  }
});
