// From the dictionary to a pipeline that Snowflake runs, and back, as a process on the double: the scripts are rendered, deployed,
// called as the tasks would, compared and dropped.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPipelinePlace, type PipelinePlace } from './pipeline-place.ts';

let place: PipelinePlace;

beforeEach(async () => {
  place = await openPipelinePlace();
});
afterEach(async () => {
  await place.close();
});

describe('tidemark snowflake', () => {
  it('renders, deploys, runs, compares and drops', async () => {
    await place.staging();
    const generated = await place.json(0, 'generate');
    expect(generated['targets']).toEqual([
      { name: 'CUSTOMERS_SCD', kind: 'history' },
      { name: 'CUSTOMER_METRICS', kind: 'dynamic table' },
      { name: 'FACT_ORDER', kind: 'fact' },
    ]);
    expect(generated['left_out']).toEqual([]);
    expect(await place.json(3, 'diff')).toMatchObject({ status: 'absent' });
    await place.json(0, 'deploy');
    expect(await place.json(0, 'diff')).toMatchObject({ status: 'equal', objects: [] });
    // What one deployment made, another leaves alone; and what is there now is rendered as it was before.
    await place.json(0, 'deploy');
    const again = await place.json(0, 'generate');
    expect(again['targets']).toEqual(generated['targets']);
    const written = (again['files'] as readonly { file: string; status: string }[]).filter(
      ({ status }) => status !== 'unchanged',
    );
    expect(written.map(({ file }) => file)).toEqual(['sql/snowflake/00_role.sql']);

    await place.graph();
    const orders = 'select * from marts.fact_order order by order_id';
    expect(await place.sql(orders)).toEqual([
      { ORDER_ID: '10', AMOUNT: '5.00', CUSTOMER: 'Ann' },
      { ORDER_ID: '11', AMOUNT: '7.50', CUSTOMER: 'Ann' },
      { ORDER_ID: '12', AMOUNT: '1.00', CUSTOMER: null },
    ]);
    expect(await place.sql('select * from marts.customer_metrics order by id')).toEqual([
      { ID: '1', ORDERS: '2', SPENT: '12.50' },
      { ID: '2', ORDERS: '0', SPENT: '0.00' },
    ]);

    await place.sql(
      `update staging.customers set name = 'Anna', updated_at = '2026-01-02' where id = 1`,
      'delete from staging.customers where id = 2',
      `update staging.customers set is_real = true, updated_at = '2026-01-02' where id = 3`,
      'update staging.orders set id = 13 where id = 11',
    );
    await place.graph();
    expect(await place.sql(orders)).toEqual([
      { ORDER_ID: '10', AMOUNT: '5.00', CUSTOMER: 'Anna' },
      { ORDER_ID: '12', AMOUNT: '1.00', CUSTOMER: 'Test' },
      { ORDER_ID: '13', AMOUNT: '7.50', CUSTOMER: 'Anna' },
    ]);
    expect(
      await place.sql('select id, name, is_current from marts.customers_scd order by id, valid_from'),
    ).toEqual([
      { ID: '1', NAME: 'Ann', IS_CURRENT: 'FALSE' },
      { ID: '1', NAME: 'Anna', IS_CURRENT: 'TRUE' },
      { ID: '2', NAME: 'Ben', IS_CURRENT: 'FALSE' },
      { ID: '3', NAME: 'Test', IS_CURRENT: 'TRUE' },
    ]);

    const before = await place.sql(orders);
    await place.json(0, 'drop', '--yes');
    expect(await place.json(3, 'diff')).toMatchObject({ status: 'absent' });
    expect(await place.sql(orders)).toEqual(before);
  });

  it('finds its way back when dbt made a table anew', async () => {
    await place.staging();
    await place.json(0, 'generate');
    await place.json(0, 'deploy');
    await place.graph();
    await place.sql(
      'create or replace table staging.orders as select * from staging.orders where id <> 12 union all select 20, 2, 9.00',
    );
    await expect(place.graph()).rejects.toThrow('cannot read from stream');
    const way = /^-- {3}(create or replace stream "TIDEMARK_PIPELINE"."STREAM_ORDERS".*);$/m.exec(
      readFileSync(place.script('02_streams.sql'), 'utf8'),
    );
    await place.sql(way?.[1] ?? '', 'call "TIDEMARK_PIPELINE"."RESYNC_ORDERS"()');
    await place.graph();
    expect(await place.sql('select order_id from marts.fact_order order by order_id')).toEqual([
      { ORDER_ID: '10' },
      { ORDER_ID: '11' },
      { ORDER_ID: '20' },
    ]);
  });

  it('script_edited: does not write over what somebody edited; diff tells what differs', async () => {
    await place.staging();
    await place.json(0, 'generate');
    await place.json(0, 'deploy');
    const tasks = place.script('05_tasks.sql');
    const edited = readFileSync(tasks, 'utf8').replace('lock_timeout = 300', 'lock_timeout = 60');
    writeFileSync(tasks, edited);
    await place.sql(
      'alter task "TIDEMARK_PIPELINE"."TASK_CAPTURE" suspend',
      'drop alert "TIDEMARK_PIPELINE"."ALERT_LAG"',
    );
    expect(await place.json(3, 'diff')).toMatchObject({
      status: 'different',
      objects: [
        { object: 'task TASK_CAPTURE', status: 'changed' },
        { object: 'alert ALERT_LAG', status: 'missing' },
      ],
    });
    // The same rendering would change nothing but that file.
    const refused = await place.json(2, 'generate');
    expect(refused).toMatchObject({
      code: 'script_edited',
      details: { files: ['sql/snowflake/05_tasks.sql'] },
    });
    expect(readFileSync(tasks, 'utf8')).toBe(edited);
    const forced = await place.json(0, 'generate', '--force');
    expect(forced['files']).toContainEqual({ file: 'sql/snowflake/05_tasks.sql', status: 'written' });
  });

  it('does not replace a table that somebody else made', async () => {
    await place.staging();
    await place.sql('create table marts.customer_metrics as select 1 as id, 2 as orders, 3 as spent');
    await place.json(0, 'generate');
    expect((await place.run('deploy')).stderr).toContain('CUSTOMER_METRICS that is no dynamic table');
    expect(await place.sql('select spent from marts.customer_metrics')).toEqual([{ SPENT: '3' }]);
  });

  it('scripts_missing: has nothing to deploy before generate ran', async () => {
    expect(await place.json(2, 'deploy')).toMatchObject({ code: 'scripts_missing' });
    expect(existsSync(place.script(''))).toBe(false);
  });

  it('says where a script failed, and goes on from there', async () => {
    await place.staging();
    await place.json(0, 'generate');
    await place.sql('drop table staging.orders');
    const failed = JSON.parse((await place.run('deploy', '--json')).stdout) as { message: string };
    expect(failed.message).toMatch(/^sql\/snowflake\/02_streams\.sql:\d+: stream STREAM_ORDERS: /);
    await place.sql(
      'create table staging.orders (id number(38,0), customer_id number(38,0), amount number(12,2))',
    );
    await place.json(0, 'deploy');
  });

  it('refuses what cannot be meant', async () => {
    expect(await place.json(2, 'render')).toMatchObject({ code: 'usage' });
    expect(await place.json(2, 'drop')).toMatchObject({ code: 'usage' });
    expect(await place.json(2, 'deploy', '--warehouse', 'OTHER')).toMatchObject({ code: 'usage' });
    expect(await place.json(2, 'generate', '--every', '5m', '--cron', '0 * * * * UTC')).toMatchObject({
      code: 'usage',
    });
    expect(await place.json(2, 'generate', '--cron', 'hourly')).toMatchObject({ code: 'usage' });
    expect(await place.json(2, 'generate', '--notify', 'nobody')).toMatchObject({ code: 'usage' });
  });
});
