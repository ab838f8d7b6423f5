// `tidemark doctor` as a process on a DuckDB file.
import { writeFileSync } from 'node:fs';
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

  it('says that a file is no database', async () => {
    writeFileSync(
      join(sandbox.folder, 'corner.duckdb'),
      'this is a text, and not a short one at all, so that it is read',
    );
    const { exit, value } = await sandbox.json('doctor');
    expect({ exit, status: value['status'] }).toEqual({ exit: 1, status: 'errors' });
  });
});
