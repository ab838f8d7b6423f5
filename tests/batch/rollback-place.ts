// A workshop whose batches are taken back, and what the suites of undo do to it and ask of it.
import { expect } from 'vitest';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { preparedWorkshop } from './prepared-workshop.ts';

const tables = ['dim_customer', 'fact_line', 'line_country'] as const;

/** Registers its hooks where it is called; `take` is handed each test's own copy. */
export const rollbackPlace = (engine: Engine, take: (sandbox: Sandbox) => void) => {
  let sandbox: Sandbox;
  let minute = 0;
  const { json } = preparedWorkshop(engine, (copy) => {
    sandbox = copy;
    minute = 0;
    take(copy);
  });
  const everything = async (): Promise<unknown> => ({
    ...Object.fromEntries(
      await Promise.all(
        tables.map(
          async (name) =>
            [
              name,
              (await sandbox.sql(`select * from marts.${name}`)).map((row) => JSON.stringify(row)).toSorted(),
            ] as const,
        ),
      ),
    ),
    visits: await sandbox.sql(
      'select visit_id, customer_id, customer_name, seen_by from marts.fact_visit order by 1',
    ),
  });
  const idle = async (): Promise<void> => {
    expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'idle', batch: null } });
  };
  const rename = (id: number, name: string) => {
    minute += 1;
    return sandbox.sql(
      `update staging.customers set name = '${name}', updated_at = timestamp '2020-05-01 00:00:00' + interval '${minute} minutes' where id = ${id}`,
    );
  };
  const customer = async (id: number): Promise<unknown> =>
    (await sandbox.sql(`select name from marts.dim_customer where customer_id = ${id}`))[0]?.['name'];
  return { json, everything, idle, rename, customer };
};
