// The flags and commands that decide what a batch looks at: --changes, --rebind, --allow, pause, resume, reconcile.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { corner, sourcesFile, vendorFile } from './corner.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export const describeCommands = (engine: Engine): void => {
  describe(`commands on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const write = (text: string): string => {
      const path = join(sandbox.folder, 'keys');
      writeFileSync(path, text);
      return path;
    };
    const json = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, [...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      return answer;
    };
    const change = () =>
      sandbox.sql(
        `update staging.companies set name = name || '!', updated_at = timestamp '2020-03-01 00:00:00'`,
        'update staging.order_items set product = upper(product)',
      );

    it.each([
      ['JSON', '{"companies": [2, "3"], "order_items": [{"order_id": 10, "line_no": 2}]}'],
      ['YAML', 'companies:\n  - 2\n  - id: 3\norder_items:\n  - { line_no: 2, order_id: 10 }\n'],
      [
        'JSON with integers beyond a double',
        '{"companies": [2, 3, 9007199254740993], "order_items": [{"order_id": 10, "line_no": 2}]}',
      ],
    ])('run --changes takes %s', async (_, text) => {
      await change();
      const { exit, json: report } = await json('run', '--changes', write(text));
      expect({ exit, report }).toMatchObject({
        exit: 0,
        report: {
          kind: 'run',
          sources: [
            { name: 'companies', updated: 2 },
            { name: 'order_items', updated: 1 },
          ],
        },
      });
    });

    it('run --changes keeps integers exact', async () => {
      await sandbox.sql(
        `insert into staging.companies values (9007199254740993, 'Egger', true, false, null), (9007199254740992, 'Fuchs', true, false, null)`,
      );
      await json('run', '--changes', write('{"companies": [9007199254740993]}'));
      expect(await sandbox.sql('select vendor_name from marts.fact_vendor where vendor_id > 3')).toEqual([
        { vendor_name: 'Egger' },
      ]);
    });

    it('run --changes - reads stdin', async () => {
      await change();
      const child = spawn(
        process.execPath,
        [main, 'run', '--project', sandbox.folder, '--changes', '-', '--json'],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      );
      const chunks: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
      child.stdin.end('companies: [1]\n');
      const exit = await new Promise((resolve) => child.once('close', resolve));
      expect({ exit, report: JSON.parse(chunks.join('')) as unknown }).toMatchObject({
        exit: 0,
        report: { sources: [{ name: 'companies', updated: 1 }] },
      });
    });

    it.each([
      ['no YAML', 'companies: [1', 'is no list of keys'],
      ['a list', '[1, 2]', 'does not name sources'],
      ['a value instead of a list', 'companies: 1', 'the keys of `companies` are no list'],
      [
        'a key that is a list',
        'companies: [[1]]',
        'a key of `companies` is neither a value nor the columns of one',
      ],
      ['an unknown source', 'firms: [1]', '--changes names `firms`'],
      ['an unknown column', 'companies: [{ name: x }]', '`name` is no key column of `companies`'],
    ])('run --changes refuses %s', async (_, text, message) => {
      const { exit, json: error } = await json('run', '--changes', write(text));
      expect({ exit, error }).toMatchObject({
        exit: 2,
        error: { schema: 'tidemark/error/1', message: expect.stringContaining(message), retryable: false },
      });
    });

    it('run --changes refuses a file that is not there, and a plan beside it', async () => {
      expect((await json('run', '--changes', join(sandbox.folder, 'nowhere'))).json).toMatchObject({
        code: 'usage',
        message: expect.stringContaining('nowhere'),
      });
      const planned = join(sandbox.folder, 'plan.json');
      await call(sandbox, ['plan', '--out', planned]);
      expect((await json('run', '--changes', write('companies: [1]'), '--plan', planned)).json).toMatchObject(
        { code: 'usage', message: '`--changes` and `--plan` exclude each other' },
      );
    });

    it('pause leaves a source out with a reason, exit 0; resume takes it in, and it is compared in full', async () => {
      expect(await json('pause', 'companies', '--reason', 'reload until noon')).toMatchObject({
        exit: 0,
        json: { status: 'paused', kind: 'source', reason: 'reload until noon' },
      });
      await sandbox.sql(
        `update staging.companies set name = 'backdated', updated_at = timestamp '2019-01-01 00:00:00' where id = 1`,
      );
      expect(await json('run')).toMatchObject({
        exit: 0,
        json: {
          status: 'partial',
          behind: [{ name: 'companies', code: 'paused', reason: '`companies` is paused: reload until noon' }],
          errors: [],
        },
      });
      expect(await json('status')).toMatchObject({ exit: 0 });
      const resumed = await call(sandbox, ['resume', 'companies']);
      expect(resumed).toMatchObject({
        exit: 0,
        stdout:
          'source `companies` is taken in again: the next run compares it in full (it was paused: reload until noon)\n',
      });
      expect(await json('run')).toMatchObject({
        exit: 0,
        json: { behind: [], sources: [{ name: 'companies', updated: 1 }] },
      });
      expect(await json('resume', 'companies')).toMatchObject({
        exit: 0,
        json: { status: 'not paused', reason: null },
      });
    });

    it('pause leaves a target out with what it feeds; resume reconciles it', async () => {
      expect((await call(sandbox, ['pause', 'fact_vendor', '--reason', 'an audit'])).stdout).toBe(
        'target `fact_vendor` is paused: an audit; `tidemark resume fact_vendor` takes it in again\n',
      );
      await change();
      expect(await json('run')).toMatchObject({
        exit: 0,
        json: { behind: [{ name: 'fact_vendor', code: 'paused' }] },
      });
      await json('resume', 'fact_vendor');
      expect(await json('run')).toMatchObject({
        exit: 0,
        json: { behind: [], targets: [{ name: 'fact_vendor', updated: 3 }] },
      });
    });

    it('pause and resume say what they miss', async () => {
      expect((await json('pause')).json).toMatchObject({
        code: 'usage',
        message: '`tidemark pause` needs the name of a source or target',
      });
      expect((await json('pause', 'companies')).json).toMatchObject({
        code: 'usage',
        message: '`tidemark pause` needs a reason',
      });
      expect((await json('pause', 'compnies', '--reason', 'x')).json).toMatchObject({
        code: 'unknown_target',
        hint: 'did you mean `companies`?',
      });
      expect((await json('resume')).json).toMatchObject({ code: 'usage' });
    });

    it('reconcile compares the named targets in full, or all, and writes what differs', async () => {
      await sandbox.sql(
        `update staging.companies set name = 'backdated', updated_at = timestamp '2019-01-01 00:00:00' where id = 1`,
      );
      expect(await json('reconcile', '-s', 'fact_item')).toMatchObject({
        exit: 0,
        json: { kind: 'reconcile', status: 'idle' },
      });
      expect(await json('reconcile')).toMatchObject({
        exit: 0,
        json: {
          kind: 'reconcile',
          status: 'applied',
          sources: [{ name: 'companies', updated: 1 }],
          targets: [{ name: 'fact_sales' }, { name: 'fact_vendor' }],
        },
      });
      expect((await call(sandbox, ['reconcile'])).stdout).toContain('nothing changed');
      expect((await json('reconcile', '-s', 'fact_vendr')).json).toMatchObject({
        code: 'unknown_target',
        message: '--select names `fact_vendr`, which is no target of this project',
      });
    });

    it('reconcile --column takes a held column in, and nothing but a mapped one', async () => {
      sandbox.map(
        'fact_vendor.yml',
        vendorFile('on_mapping_change: hold\n').replace('companies.name', 'upper(companies.name)'),
      );
      expect((await json('run')).json).toMatchObject({ targets: [] });
      expect(await json('reconcile', '-s', 'fact_vendor', '--column', 'vendor_name')).toMatchObject({
        exit: 0,
        json: { targets: [{ name: 'fact_vendor', updated: 3, columns: { vendor_name: 3 } }] },
      });
      expect((await json('reconcile', '-s', 'fact_vendor', '--column', 'vendor_nam')).json).toMatchObject({
        code: 'unknown_column',
        hint: 'did you mean `vendor_name`?',
      });
      expect((await json('reconcile', '--column', 'vendor_name')).json).toMatchObject({
        code: 'usage',
        hint: expect.stringContaining('-s TARGET'),
      });
    });

    it('run --rebind and plan --rebind take tables under other names', async () => {
      await sandbox.sql('create table staging.firms as select * from staging.companies');
      sandbox.map('sources.yml', sourcesFile('{ key: id, updated_at: updated_at, table: staging.firms }'));
      expect(await json('plan')).toMatchObject({
        exit: 2,
        json: { code: 'environment_mismatch', hint: expect.stringContaining('tidemark run --rebind') },
      });
      expect(await json('plan', '--rebind')).toMatchObject({ exit: 0, json: { status: 'idle' } });
      expect(await json('run')).toMatchObject({ exit: 2, json: { code: 'environment_mismatch' } });
      expect(await json('run', '--rebind')).toMatchObject({ exit: 0 });
      expect(await json('run')).toMatchObject({ exit: 0, json: { status: 'idle' } });
    });

    it('help tells of them', async () => {
      const help = async (name: string) => (await call(sandbox, ['help', name])).stdout;
      expect(await help('run')).toMatch(/--changes FILE\|-[\s\S]*--rebind/);
      expect(await help('pause')).toContain('--reason TEXT');
      expect(await help('resume')).toContain('the next run compares it in full');
      expect(await help('reconcile')).toContain('--column NAME');
    });
  });
};
