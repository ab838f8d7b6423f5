// Events of OpenLineage, as a receiver gets them from the program: into a file and over HTTP.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lineageErrors } from '../observe/openlineage-schema.ts';
import { openReceiver, type Receiver } from '../support/http-receiver.ts';
import { Sandbox } from './cli-sandbox.ts';

let sandbox: Sandbox;
let receiver: Receiver;

beforeEach(async () => {
  sandbox = new Sandbox();
  await sandbox.fill();
  receiver = await openReceiver();
});
afterEach(async () => {
  await receiver.close();
  await sandbox.remove();
});

interface Event {
  readonly eventType: string;
  readonly run: { readonly runId: string; readonly facets: Readonly<Record<string, unknown>> };
  readonly job: { readonly namespace: string; readonly name: string };
  readonly inputs: readonly { readonly name: string; readonly namespace: string }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly facets: {
      readonly columnLineage: {
        readonly fields: Readonly<Record<string, unknown>>;
        readonly dataset: unknown;
      };
    };
    readonly outputFacets?: { readonly outputStatistics: { readonly rowCount: number } };
  }[];
}

const checked = (texts: readonly string[]): readonly Event[] =>
  texts.map((body) => {
    const event = JSON.parse(body) as Event;
    expect(lineageErrors(event)).toEqual([]);
    return event;
  });

const inFile = (): readonly Event[] =>
  checked(readFileSync(join(sandbox.folder, 'lineage.ndjson'), 'utf8').trim().split('\n'));

const toFile = (): void =>
  sandbox.write(
    'tidemark.yml',
    `${readFileSync(join(sandbox.folder, 'tidemark.yml'), 'utf8')}openlineage: { file: lineage.ndjson, namespace: shops }\n`,
  );

describe('into a file', () => {
  it('START and COMPLETE of each run, with columns, row counts and the batch', async () => {
    toFile();
    await sandbox.run('run');
    await sandbox.sql(
      `update staging.countries set name = 'Deutschland', updated_at = timestamp '2026-02-01' where id = 'DE'`,
    );
    await sandbox.run('run');
    await sandbox.run('run');
    const events = inFile();
    expect(events.map((event) => event.eventType)).toEqual([
      'START',
      'COMPLETE',
      'START',
      'COMPLETE',
      'START',
      'COMPLETE',
    ]);
    expect(new Set(events.map((event) => event.run.runId)).size).toBe(3);
    expect(events[2]?.run.runId).toBe(events[3]?.run.runId);
    expect(events[0]?.job).toMatchObject({ namespace: 'shops', name: 'corner.dev.run' });
    const [, , start, complete, , idle] = events;
    expect(start?.inputs.map(({ name }) => name)).toEqual([
      'corner.staging.countries',
      'corner.staging.customers',
    ]);
    expect(complete?.inputs).toMatchObject([
      { namespace: `duckdb://${sandbox.database}`, inputFacets: { inputStatistics: { rowCount: 1 } } },
      { inputFacets: { inputStatistics: { rowCount: 0 } } },
    ]);
    const [output] = complete?.outputs ?? [];
    expect(output?.name).toBe('corner.marts.dim_customer');
    expect(output?.outputFacets?.outputStatistics.rowCount).toBe(1);
    const field = (name: string, how: string, type = 'DIRECT') => ({
      namespace: `duckdb://${sandbox.database}`,
      name: `corner.staging.${name.split('.')[0] ?? ''}`,
      field: name.split('.')[1],
      transformations: [{ type, subtype: how, description: '', masking: false }],
    });
    expect(output?.facets.columnLineage.fields).toMatchObject({
      customer_name: { inputFields: [field('customers.name', 'IDENTITY')] },
      country: { inputFields: [field('countries.name', 'TRANSFORMATION')] },
    });
    expect(output?.facets.columnLineage.dataset).toEqual([
      field('customers.country_id', 'JOIN', 'INDIRECT'),
      field('countries.id', 'JOIN', 'INDIRECT'),
    ]);
    expect(complete?.run.facets['tidemark_batch']).toMatchObject({ batch: 2, status: 'applied' });
    expect(idle?.outputs).toEqual([]);
    expect(statSync(join(sandbox.folder, 'lineage.ndjson')).mode & 0o777).toBe(0o600);
  });

  it('FAIL of a run that fails, with the reason', async () => {
    toFile();
    await sandbox.run('run');
    const mapping = readFileSync(join(sandbox.folder, 'mappings/dim_customer.yml'), 'utf8');
    sandbox.write('mappings/dim_customer.yml', mapping.replace('customers.name', 'customers.nmae'));
    await sandbox.run('run');
    expect(inFile().at(-1)).toMatchObject({
      eventType: 'FAIL',
      run: { facets: { errorMessage: { message: expect.stringContaining('dictionary_invalid') as string } } },
    });
  });

  it('of a rollback, as a job of its own; one that fails or is a dry run tells no COMPLETE', async () => {
    toFile();
    await sandbox.run('run');
    await sandbox.sql(
      `update staging.countries set name = 'Deutschland', updated_at = timestamp '2026-02-01' where id = 'DE'`,
    );
    await sandbox.run('run');
    expect((await sandbox.run('rollback', '2', '--dry-run')).exit).toBe(0);
    expect((await sandbox.run('rollback', '2')).exit).toBe(0);
    const [start, complete, ...more] = inFile().slice(4);
    expect(more).toEqual([]);
    expect([start?.eventType, complete?.eventType]).toEqual(['START', 'COMPLETE']);
    expect(complete?.job.name).toBe('corner.dev.rollback');
    expect(complete?.run.facets['tidemark_batch']).toMatchObject({ batch: 3, kind: 'rollback' });
    expect(complete?.outputs[0]?.outputFacets?.outputStatistics.rowCount).toBe(1);
    expect((await sandbox.run('rollback', '77')).exit).not.toBe(0);
    expect(
      inFile()
        .slice(6)
        .map((event) => event.eventType),
    ).not.toContain('COMPLETE');
  });

  it('of a schedule: each tick begins and ends', async () => {
    toFile();
    await sandbox.run('schedule', '--every', '1s', '--ticks', '2', '--listen', 'off');
    expect(inFile().map((event) => event.eventType)).toEqual(['START', 'COMPLETE', 'START', 'COMPLETE']);
  });
});

describe('over HTTP', () => {
  const parent = '01909f7c-0c5f-7bbb-9d3b-1b0a7e5b1c11';
  const variables = (more: Readonly<Record<string, string>> = {}) => ({
    OPENLINEAGE_URL: receiver.url,
    OPENLINEAGE_API_KEY: 'LINEAGEKEY',
    OPENLINEAGE_NAMESPACE: 'prod',
    OPENLINEAGE_PARENT_ID: `airflow/shop.tidemark/${parent}`,
    ...more,
  });

  it('by the variables that other tools read, with the parent run', async () => {
    await sandbox.start(['run'], variables()).ended;
    expect(receiver.received.map(({ path }) => path)).toEqual(['/api/v1/lineage', '/api/v1/lineage']);
    expect(receiver.received[0]?.headers.authorization).toBe('Bearer LINEAGEKEY');
    const events = checked(receiver.received.map(({ body }) => body));
    expect(events[1]).toMatchObject({
      eventType: 'COMPLETE',
      job: { namespace: 'prod' },
      run: {
        facets: { parent: { run: { runId: parent }, job: { namespace: 'airflow', name: 'shop.tidemark' } } },
      },
    });
    await sandbox.start(['run'], variables({ OPENLINEAGE_DISABLED: 'true' })).ended;
    expect(receiver.received).toHaveLength(2);
  });

  it('fails no run where nobody answers, and says so once, without the key', async () => {
    receiver.answer = undefined;
    sandbox.write(
      'tidemark.yml',
      `${readFileSync(join(sandbox.folder, 'tidemark.yml'), 'utf8')}openlineage: { url: "${receiver.url}/LINEAGEKEY", api_key: LINEAGEKEY, timeout: 300ms }\n`,
    );
    const { exit, stdout, stderr } = await sandbox.run('run', '--verbose');
    expect(exit).toBe(0);
    expect(stderr.match(/the OpenLineage event was not delivered: no answer within 300 ms/g)).toHaveLength(1);
    expect(stdout + stderr).not.toContain('LINEAGEKEY');
  });
});
