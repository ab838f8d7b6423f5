// Running out of memory is the affair of no single relation: the batch ends, nothing is written, a retry may help.
import { expect, it } from 'vitest';
import { runIn } from '../../src/batch/run.ts';
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
    const warehouse = await openWarehouse(sandbox.project().connection);
    try {
      for (const setting of [`set memory_limit = '20MB'`, `set temp_directory = ''`])
        await warehouse.session((session) => session.execute(verbatim(setting)));
      await expect(runIn(warehouse, { project: sandbox.project() })).rejects.toMatchObject({
        code: 'out_of_memory',
        exitCode: 1,
        retryable: true,
      });
    } finally {
      await warehouse.close();
    }
    expect(await sandbox.sql('select count(*) as n from marts.fact_vendor')).toEqual([{ n: '3' }]);
  } finally {
    await sandbox.remove();
  }
});
