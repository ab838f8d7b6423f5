// What a deployment must not touch: tables of others, pipelines of others, and what a task is at.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPipelinePlace, pipelineFiles, type PipelinePlace } from './pipeline-place.ts';

let place: PipelinePlace;

beforeEach(async () => {
  place = await openPipelinePlace();
});
afterEach(async () => {
  await place.close();
});

describe('tidemark snowflake, beside others', () => {
  it('drops nothing of others that stands in its schema', async () => {
    await place.staging();
    await place.sql('create table marts.of_others as select 1 as id');
    await place.json(0, 'generate', '--schema', 'MARTS');
    await place.json(0, 'deploy');
    expect(await place.json(0, 'diff')).toMatchObject({ status: 'equal' });
    await place.json(0, 'drop', '--yes');
    expect(await place.sql('select id from marts.of_others')).toEqual([{ ID: '1' }]);
    expect(await place.sql('select order_id from marts.fact_order')).toEqual([]);
    // What is left is not ours, and not what the scripts make.
    expect(await place.json(3, 'diff')).toMatchObject({ status: 'absent' });
    await place.json(0, 'deploy');
  });

  it('pipeline_of_another: refuses scripts and a schema of another project', async () => {
    await place.staging();
    await place.json(0, 'generate');
    await place.json(0, 'deploy');
    const settings = join(place.folder, 'tidemark.yml');
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('name: shop', 'name: other'));
    for (const action of [['generate'], ['drop', '--yes']])
      expect(await place.json(2, ...action)).toMatchObject({ code: 'pipeline_of_another' });
    // A folder of its own, and the same schema.
    await place.json(0, 'generate', '--path', 'other');
    for (const action of [['deploy'], ['diff'], ['drop', '--yes']])
      expect(await place.json(2, ...action, '--path', 'other')).toMatchObject({
        code: 'pipeline_of_another',
      });
    // By hand.
    const check = /^execute immediate\n\$\$[\s\S]+?^\$\$/m.exec(
      readFileSync(join(place.folder, 'other', '01_tables.sql'), 'utf8'),
    );
    await expect(place.sql(check?.[0] ?? '')).rejects.toThrow('of another project or environment');
    expect(await place.sql('show tasks in schema "TIDEMARK_PIPELINE"')).not.toEqual([]);
  });

  it('leaves alone what a task may be at, and replaces it where the mapping gave it another shape', async () => {
    await place.staging();
    await place.json(0, 'generate');
    await place.json(0, 'deploy');
    await place.sql(
      'insert into "TIDEMARK_PIPELINE"."AFFECTED_FACT_ORDER" values (10)',
      'insert into "TIDEMARK_PIPELINE"."DESIRED_FACT_ORDER" values (10, 5, null)',
    );
    const counts =
      'select (select count(*) from "TIDEMARK_PIPELINE"."AFFECTED_FACT_ORDER") as a, (select count(*) from "TIDEMARK_PIPELINE"."DESIRED_FACT_ORDER") as d';
    writeFileSync(
      join(place.folder, 'mappings', 'fact_order.yml'),
      (pipelineFiles['fact_order.yml'] ?? '').replace(
        'CUSTOMER: customers.NAME',
        'CUSTOMER: customers.NAME, BUYER: orders.CUSTOMER_ID',
      ),
    );
    await place.sql('alter table marts.fact_order add column buyer number(38,0)');
    await place.json(0, 'generate');
    await place.json(0, 'deploy');
    expect(await place.sql(counts)).toEqual([{ A: '1', D: '0' }]);
    await place.graph();
    expect(await place.sql('select buyer from marts.fact_order where order_id = 12')).toEqual([
      { BUYER: '3' },
    ]);
  });

  it('says what failed first, where its notes cannot be written either', async () => {
    await place.staging();
    await place.json(0, 'generate');
    await place.sql(
      'create schema tidemark_pipeline',
      'create table tidemark_pipeline.deployed ("OBJECT" varchar, "HASH" varchar)',
    );
    const failed = JSON.parse((await place.run('deploy', '--json')).stdout) as { message: string };
    expect(failed.message).toMatch(/^sql\/snowflake\/01_tables\.sql:\d+: insert into /);
  });
});
