// `tidemark doctor` as a process on a DuckDB file.
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors } from './cli-schemas.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = new Sandbox();
  await sandbox.fill();
});
afterEach(() => sandbox.remove());

describe('tidemark doctor', () => {
  it('says that all is well, and what to do next', async () => {
    const { exit, value } = await sandbox.json('doctor');
    expect(schemaErrors(value)).toEqual([]);
    expect({ exit, value }).toMatchObject({ exit: 0, value: { status: 'fine' } });
    const { stdout } = await sandbox.run('doctor');
    expect(stdout).toContain('notice   no run was made here yet');
    expect(stdout).toContain('→ tidemark plan, then tidemark run');
    expect(
      stdout.split('\n').filter((line) => line.length > 80 && !line.includes('→') && !line.includes('/')),
    ).toEqual([]);
  });

  it('finds mistakes of the dictionary', async () => {
    sandbox.write('mappings/sources.yml', 'sources:\n  countries: { key: id }\n  customers: { kee: id }\n');
    const { exit, value } = await sandbox.json('doctor');
    expect({ exit, value }).toMatchObject({ exit: 1, value: { status: 'errors' } });
  });

  it('says who holds the file', async () => {
    const holder = await sandbox.hold();
    const { exit, value } = await sandbox.json('doctor', '--wait', '0');
    expect(exit).toBe(1);
    expect(value).toMatchObject({
      status: 'errors',
      warehouse: null,
      findings: [
        {
          check: 'connection',
          evidence: 'file_locked',
          message: expect.stringContaining(String(holder.child.pid)) as string,
        },
      ],
    });
    holder.child.kill('SIGKILL');
    await holder.ended;
  });

  it('says that the disk has no room for what the file may need, and that a log was left behind', async () => {
    const crash = `const { DuckDBInstance } = await import('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(${JSON.stringify(sandbox.database)})).connect();
await connection.run('create table staging.late as select 1 as n');
process.kill(process.pid, 'SIGKILL');`;
    spawnSync(process.execPath, ['--input-type=module', '-e', crash], { cwd: process.cwd() });
    // As large as no disk is, with nothing in it.
    truncateSync(sandbox.database, 2 ** 43);
    const { value } = await sandbox.json('doctor');
    expect(value['findings']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'space', severity: 'error' }),
        expect.objectContaining({ check: 'log', severity: 'notice' }),
      ]),
    );
  });

  it('says that a file is no database', async () => {
    writeFileSync(
      join(sandbox.folder, 'corner.duckdb'),
      'this is a text, and not a short one at all, so that it is read',
    );
    const { exit, value } = await sandbox.json('doctor');
    expect({ exit, status: value['status'] }).toEqual({ exit: 1, status: 'errors' });
  });

  it('--fix closes files of ours to others, and says so; a secret in the project file is for its owner to move', async () => {
    const file = readFileSync(join(sandbox.folder, 'tidemark.yml'), 'utf8');
    sandbox.write(
      'tidemark.yml',
      `${file}alerts: { channels: { team: { webhook: "http://127.0.0.1:1/", secret: H4SH } } }\nopenlineage: { file: lineage.ndjson }\n`,
    );
    await sandbox.run('run');
    const lineage = join(sandbox.folder, 'lineage.ndjson');
    chmodSync(lineage, 0o644);
    chmodSync(join(sandbox.folder, 'tidemark.yml'), 0o644);
    const looked = await sandbox.json('doctor');
    expect(schemaErrors(looked.value)).toEqual([]);
    const of = (value: Readonly<Record<string, unknown>>) =>
      (value['findings'] as readonly Record<string, unknown>[]).filter(({ check }) => check === 'files');
    expect(of(looked.value)).toMatchObject([
      { message: expect.stringContaining('holds a secret') as string },
      { message: expect.stringContaining('lineage.ndjson` can be read by others') as string, safe: true },
    ]);
    const { exit, stdout } = await sandbox.run('doctor', '--fix');
    expect(exit).toBe(0);
    expect(stdout).toContain(`mended by chmod 0600 ${lineage}`);
    expect(stdout).not.toContain('H4SH');
    expect(statSync(lineage).mode & 0o777).toBe(0o600);
    expect(of((await sandbox.json('doctor', '--fix')).value)).toHaveLength(1);
  });
});
