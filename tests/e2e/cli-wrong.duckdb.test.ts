// What the program answers when something is wrong: usage, project file, dictionary, a file that is taken, Ctrl-C.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors } from './cli-schemas.ts';

const sandbox = new Sandbox();

beforeAll(() => sandbox.fill());

afterAll(() => sandbox.remove());

describe('wrong usage', () => {
  it.for([
    { args: ['runn'], stderr: 'error: unknown command `runn`\nhint: did you mean `run`?\n' },
    {
      args: ['frobnicate'],
      stderr: 'error: unknown command `frobnicate`\nhint: `tidemark help` lists the commands\n',
    },
    {
      args: ['apply'],
      stderr: 'error: there is no command `apply`\nhint: it is called `tidemark run` here\n',
    },
    {
      args: ['frobnicate', '3'],
      stderr: 'error: unknown command `frobnicate`\nhint: `tidemark help` lists the commands\n',
    },
    { args: ['help', 'verfy'], stderr: 'error: unknown command `verfy`\nhint: did you mean `verify`?\n' },
    { args: [], stderr: 'error: which command?\nhint: `tidemark help` lists them\n' },
    {
      args: ['run', '--adpot', 'x'],
      stderr: 'error: `tidemark run` has no option `--adpot`\nhint: did you mean `--adopt`?\n',
    },
    {
      args: ['run', '--target', 'prod'],
      stderr:
        "error: `--target` is dbt's word for an environment; here a target is a table\nhint: choose an environment with `-e NAME`, tables with `-s NAMES`\n",
    },
    {
      args: ['-t', 'prod', 'plan'],
      stderr:
        "error: `--target` is dbt's word for an environment; here a target is a table\nhint: choose an environment with `-e NAME`, tables with `-s NAMES`\n",
    },
    {
      args: ['run', '--full-refresh'],
      stderr:
        'error: there is no `--full-refresh`: nothing is ever rebuilt\nhint: `tidemark verify` proves the targets; a plain `tidemark run` compares in full whatever needs it\n',
    },
    { args: ['run', '--plan'], stderr: 'error: `--plan` needs a value\n' },
    {
      args: ['verify', 'fact'],
      stderr: 'error: `tidemark verify` takes no arguments\nhint: tables are named with `-s NAMES`\n',
    },
    { args: ['show', '1', '2'], stderr: 'error: `tidemark show` takes one BATCH\n' },
    {
      args: ['show', 'first'],
      stderr: 'error: a batch is a number or `last`, not `first`\nhint: `tidemark history` lists them\n',
    },
    { args: ['show', '1', '--limit', '5'], stderr: 'error: `--limit` and `--offset` go with `--rows`\n' },
    {
      args: ['run', '--wait', 'long'],
      stderr: 'error: `--wait` takes a time such as `30s`, `5m` or `1h`, not `long`\n',
    },
    { args: ['run', '--if-busy', 'maybe'], stderr: 'error: `--if-busy` is `fail` or `skip`, not `maybe`\n' },
    {
      args: ['plan', '--allow', 'x'],
      stderr: 'error: `--allow` takes `NAME:deletes`, `NAME:touched` or `NAME:restart`, not `x`\n',
    },
    { args: ['run', '--meta', 'ticket'], stderr: 'error: `--meta` takes `KEY=VALUE`, not `ticket`\n' },
    { args: ['history', '--limit', '-1'], stderr: 'error: `--limit` takes a whole number, not `-1`\n' },
    {
      args: ['run', '-s', 'dim_customer'],
      stderr:
        'error: `tidemark run` takes all tables: it has no `--select`\nhint: `verify` and `history` have it\n',
    },
    {
      args: ['status', '--log-format', 'xml'],
      stderr: 'error: `--log-format` is `pretty` or `json`, not `xml`\n',
    },
  ])('$args', async ({ args, stderr }) => {
    expect(await sandbox.run(...args)).toEqual({ exit: 2, stdout: '', stderr });
  });

  it('is one line of JSON when that was asked for', async () => {
    const { exit, value } = await sandbox.json('runn');
    expect(exit).toBe(2);
    expect(schemaErrors(value)).toEqual([]);
    expect(value).toEqual({
      schema: 'tidemark/error/1',
      code: 'usage',
      message: 'unknown command `runn`',
      hint: 'did you mean `run`?',
      retryable: false,
      at: null,
      details: {},
    });
  });

  it('is a log line of JSON when that was asked for', async () => {
    const { stdout, stderr } = await sandbox.run('runn', '--log-format', 'json');
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'error',
      msg: 'unknown command `runn`',
      code: 'usage',
    });
  });

  it('an adoption of nothing we know is refused with the names', async () => {
    const { exit, stderr } = await sandbox.run('run', '--adopt', 'dim_custmer');
    expect(exit).toBe(2);
    expect(stderr).toContain(
      '`dim_custmer`, which is no target of this project\nhint: did you mean `dim_customer`?\n',
    );
  });
});

describe('help', () => {
  it.for([['--help'], ['-h'], ['help']])('%s lists commands, settings and exit statuses', async (args) => {
    const { exit, stdout, stderr } = await sandbox.run(...args);
    expect([exit, stderr]).toEqual([0, '']);
    for (const word of ['unlock', '$TIDEMARK_PROJECT', '$TIDEMARK_ENV', '143'])
      expect(stdout).toContain(word);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.for([
    ['help', 'show'],
    ['show', '--help'],
    ['--json', 'show', '-h'],
  ])('%s explains one command', async (args) => {
    const { exit, stdout } = await sandbox.run(...args);
    expect(exit).toBe(0);
    expect(stdout).toContain('usage  tidemark show BATCH [options]');
    expect(stdout).toContain('tidemark show last --rows');
  });

  it('--version wins over any command', async () => {
    expect(await sandbox.run('run', '--version')).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^tidemark \d+\.\d+\.\d+\n$/),
    });
  });
});

describe('the project', () => {
  it('is found by flag before or after the command, by either name, and by variable', async () => {
    const elsewhere = ['validate', '-q'];
    expect((await sandbox.run('--project', sandbox.folder, ...elsewhere)).exit).toBe(0);
    expect((await sandbox.run(...elsewhere, '--project-dir', sandbox.folder)).exit).toBe(0);
    const missing = await sandbox.run(...elsewhere, '--project', '/');
    expect(missing).toEqual({
      exit: 2,
      stdout: '',
      stderr:
        'error: no `tidemark.yml` in `/` or any folder above it\nhint: `tidemark init` writes one; `--project DIR` points at another folder\n',
    });
    expect((await sandbox.start(elsewhere, { TIDEMARK_PROJECT: '/' }).ended).exit).toBe(2);
    const env = await sandbox.start(['validate', '--json'], { TIDEMARK_ENV: 'prod' }).ended;
    expect(JSON.parse(env.stdout)).toMatchObject({ environment: 'prod' });
  });

  it('tells all mistakes of its file at once', async () => {
    sandbox.write(
      'broken/tidemark.yml',
      'version: 1\nname: broken\nwarehose: { type: duckdb, path: x.duckdb }\nlimits: { deletes: lots }\n',
    );
    const { exit, stdout, stderr } = await sandbox.run('plan', '--project', 'broken');
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatchInlineSnapshot(`
      "error: key \`warehouse\` is missing from the project file
        tidemark.yml:1:1
        1 | version: 1
          | ^^^^^^^^^^
      hint: such as \`warehouse: { type: duckdb, path: shop.duckdb }\`

      error: unknown key \`warehose\` in the project file
        tidemark.yml:3:1
        3 | warehose: { type: duckdb, path: x.duckdb }
          | ^^^^^^^^
      hint: did you mean \`warehouse\`?

      error: \`deletes\` must be a percentage from \`0%\` to \`100%\`, not \`lots\`
        tidemark.yml:4:20
        4 | limits: { deletes: lots }
          |                    ^^^^

      error: \`tidemark.yml\` has 3 problems
      "
    `);
    const { value } = await sandbox.json('validate', '--project', 'broken');
    expect(schemaErrors(value)).toEqual([]);
    expect(value).toMatchObject({ status: 'invalid', project: null });
  });
});

describe('the dictionary', () => {
  const mapping = `target: dim_customer
key: customer_id
from: customers
descripton: three mistakes
columns:
  customer_id: customers.id
  customer_name: customers.nmae
  balance: random()
`;

  it('tells three mistakes at once, each with its place', async () => {
    const folder = sandbox.copy('mistakes');
    sandbox.write('mistakes/mappings/dim_customer.yml', mapping);
    const { exit, stdout, stderr } = await sandbox.run('validate', '--project', folder);
    expect([exit, stderr]).toEqual([2, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "error: unknown key \`descripton\` in target \`dim_customer\`
        mappings/dim_customer.yml:4:1
        4 | descripton: three mistakes
          | ^^^^^^^^^^
      hint: did you mean \`description\`?

      error: column \`nmae\` is mapped but missing from \`staging.customers\`
        mappings/dim_customer.yml:7:28
        7 |   customer_name: customers.nmae
          |                            ^^^^
      hint: did you mean \`name\`?

      error: \`random()\` has another value at every reading, so a row would never be up to date
        mappings/dim_customer.yml:8:12
        8 |   balance: random()
          |            ^^^^^^
      hint: for a time of writing use \`touch: { column: now }\`

      invalid: 3 errors in 1 file
      "
    `);
    const quiet = await sandbox.run('validate', '--project', folder, '--quiet');
    expect([quiet.exit, quiet.stdout, quiet.stderr.match(/^error:/gm)?.length]).toEqual([2, '', 3]);
    const { value } = await sandbox.json('validate', '--project', folder);
    expect(schemaErrors(value)).toEqual([]);
    expect(value['problems']).toMatchObject([
      { code: 'unknown_key', at: { file: 'mappings/dim_customer.yml', line: 4, column: 1 } },
      { code: 'unknown_column', at: { line: 7 }, hint: 'did you mean `name`?' },
      { code: 'volatile_expression', at: { line: 8 } },
    ]);
  });

  it('stops a run before it writes anything', async () => {
    const { exit, value } = await sandbox.json('run', '--project', 'mistakes');
    expect(exit).toBe(2);
    expect(schemaErrors(value)).toEqual([]);
    expect(value).toMatchObject({ code: 'dictionary_invalid', message: 'the dictionary has 3 problems' });
    expect(value['problems']).toHaveLength(3);
    expect((await sandbox.json('status')).value['last_batch']).toBeNull();
  });
});

describe('a target that needs a person', () => {
  it('is left out with exit 5, its diagnostics on stderr', async () => {
    const folder = sandbox.copy('adopting');
    await sandbox.sql(`update marts.dim_customer set customer_name = 'somebody else' where customer_id = 2`);
    const { exit, stdout, stderr } = await sandbox.run('run', '--project', folder);
    expect(exit).toBe(5);
    expect(stdout).toContain('dim_customer            0  adopt  needs a person');
    expect(stderr).toContain(
      'error: `marts.dim_customer` holds rows that differ from its mapping: 1 different (customer_name 1)',
    );
    expect(stderr).toMatch(
      /everything else was committed as batch 1, data as of .* UTC; a retry does not help until somebody has decided\n$/,
    );
    const { exit: again, value } = await sandbox.json('run', '--project', folder);
    expect([again, value['status']]).toEqual([5, 'partial']);
    expect(schemaErrors(value)).toEqual([]);
    expect(value).toMatchObject({
      behind: [{ name: 'dim_customer', code: 'adopt', retryable: false }],
      errors: [{ code: 'adopt' }],
    });
    const status = await sandbox.run('status', '--quiet', '--project', folder);
    expect([status.exit, status.stdout]).toEqual([5, '']);
    expect(status.stderr).toContain('needs a person');
    expect((await sandbox.json('run', '--adopt', 'dim_customer', '--project', folder)).value).toMatchObject({
      status: 'applied',
      batch: 2,
    });
  });
});

describe('a file that another process holds', () => {
  it('is waited for, then refused with the holder; or skipped', async () => {
    const holder = await sandbox.hold();
    const pid = String(holder.child.pid);
    const refused = await sandbox.run('run', '--wait', '400ms');
    expect(refused).toEqual({
      exit: 4,
      stdout: '',
      stderr: `waiting up to 1 s: process ${pid} has the database file open
error: process ${pid} has the database file open
hint: a DuckDB file belongs to one process at a time: wait for it, or end it
nothing was written; a retry helps once they are done; \`--wait 5m\` waits that long
`,
    });
    const skipped = await sandbox.json('run', '--if-busy', 'skip');
    expect(skipped.exit).toBe(0);
    expect(schemaErrors(skipped.value)).toEqual([]);
    expect(skipped.value).toMatchObject({
      status: 'skipped',
      batch: null,
      warnings: [{ code: 'file_locked' }],
    });
    const waiting = sandbox.start(['status', '--json']);
    await waiting.says('waiting up to 10 s');
    holder.child.kill();
    expect((await waiting.ended).exit).toBe(0);
  });

  it.for([
    { signal: 'SIGINT' as const, exit: 130, command: 'run' },
    { signal: 'SIGTERM' as const, exit: 143, command: 'run' },
    { signal: 'SIGINT' as const, exit: 130, command: 'plan' },
  ])('$signal ends a waiting $command with $exit', async ({ signal, exit, command }) => {
    const holder = await sandbox.hold();
    const waiting = sandbox.start([command, '--wait', '5m']);
    await waiting.says('waiting up to 300 s');
    waiting.child.kill(signal);
    const ended = await waiting.ended;
    expect([ended.exit, ended.stdout]).toEqual([exit, '']);
    expect(ended.stderr).toMatch(/error: interrupted.*, nothing was written\n$/);
    holder.child.kill();
    await holder.ended;
  });
});

describe('Ctrl-C while a batch is made', () => {
  const change = (name: string): Promise<void> =>
    sandbox.sql(`update staging.customers set name = '${name}', updated_at = now() where id = 1`);

  it('before the commit: nothing is written, and the next run does it all', async () => {
    await change('before');
    const last = (await sandbox.json('history')).value['batches'];
    const { exit, stdout, stderr } = await sandbox.startInterrupted(['run'], 'SIGINT', 'images_customers')
      .ended;
    expect([exit, stdout, stderr]).toEqual([
      130,
      '',
      'error: interrupted before the commit, nothing was written\n',
    ]);
    expect((await sandbox.json('history')).value['batches']).toEqual(last);
    expect((await sandbox.json('run')).value).toMatchObject({
      status: 'applied',
      targets: [{ name: 'dim_customer', cells: 1 }],
    });
  });

  it('within the commit: the transaction ends first, and is reported', async () => {
    await change('within');
    const { exit, stdout } = await sandbox.startInterrupted(
      ['run', '--json'],
      'SIGTERM',
      'insert into "tidemark"."audit"',
    ).ended;
    expect(exit).toBe(143);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'applied',
      targets: [{ name: 'dim_customer', cells: 1 }],
    });
    expect((await sandbox.json('run')).value).toMatchObject({ status: 'idle' });
  });
});

it('a reader that goes away is no failure', async () => {
  const program = sandbox.start(['help']);
  program.child.stdout?.destroy();
  expect(await program.ended).toMatchObject({ exit: 0, stderr: '' });
});
