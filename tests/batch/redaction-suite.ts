// `redact:` of a source: its values, and what targets make of them, stand in mirrors and targets alone. Ledger, audit and
// every output hide them; an undo takes back everything else, and says of what it cannot.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';

const redacting = `sources:
  customers: { key: id, updated_at: updated_at, redact: [email, salary] }
  orders: { key: id }
`;

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.customers (id integer primary key, name varchar(40), email varchar(60), salary numeric(10,2), updated_at timestamp)',
    'create table staging.orders (id integer primary key, customer_id integer, note varchar(40))',
    `insert into staging.customers values
      (1, 'Ada', 'secret-ada', 70123.45, timestamp '2020-01-01 00:00:00'), (2, 'Bob', 'secret-bob', 70234.56, timestamp '2020-01-01 00:00:00'), (3, 'Cy', null, null, timestamp '2020-01-01 00:00:00')`,
    `insert into staging.orders values (10, 1, 'first'), (11, 2, 'second')`,
  ],
  mappings: {
    'sources.yml': redacting,
    'dim_customer.yml': `target: dim_customer
key: customer_id
from: customers
columns: { customer_id: customers.id, name: customers.name, contact: "upper(customers.email)", salary: customers.salary }
`,
    'fact_order.yml': `target: fact_order
key: order_id
from: orders
join: { dim_customer: orders.customer_id = dim_customer.customer_id }
columns: { order_id: orders.id, note: orders.note, customer: dim_customer.name, contact: dim_customer.contact }
`,
    'customers_scd.yml': `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.id, name: customers.name, email: customers.email }
history: { track: [name, email] }
`,
  },
};

const secrets = /secret|70123|70234|81234/i;
const records = ['changes', 'audit', 'batches', 'runs', 'relations', 'positions', 'rejected'] as const;

export const describeRedaction = (engine: Engine): void => {
  describe(`redacted columns on ${engine}`, () => {
    let sandbox: Sandbox;
    let minute = 0;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe);
      appendFileSync(join(sandbox.folder, 'tidemark.yml'), 'redact_key: a long text that nobody knows\n');
      minute = 0;
      expect((await sandbox.run()).exit).toBe(0);
    });
    afterEach(() => sandbox.remove());

    const change = (id: number, what: string) => {
      minute += 1;
      return sandbox.sql(
        `update staging.customers set ${what}, updated_at = timestamp '2020-05-01 00:00:00' + interval '${minute} minutes' where id = ${id}`,
      );
    };
    const ask = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, [...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      expect(answer.stdout + answer.stderr).not.toMatch(secrets);
      const told = await call(sandbox, argv);
      expect(told.stdout + told.stderr).not.toMatch(secrets);
      return answer;
    };
    const once = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, [...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      expect(answer.stdout + answer.stderr).not.toMatch(secrets);
      return answer;
    };
    const customer = async (id: number) =>
      (
        await sandbox.sql(
          `select name, contact, cast(salary as varchar) as salary from marts.dim_customer where customer_id = ${id}`,
        )
      )[0];
    const recorded = async (): Promise<string> => {
      let all = '';
      for (const name of records)
        all += JSON.stringify(await sandbox.sql(`select cast(r as varchar) as r from tidemark.${name} as r`));
      return all;
    };
    const equal = async () => expect(await once('verify')).toMatchObject({ exit: 0 });

    it('that were recorded before they were redacted are hidden by `prune --redacted`', async () => {
      sandbox.map('sources.yml', redacting.replace(', redact: [email, salary]', ''));
      await change(1, `email = 'secret-old', salary = 81234.5, name = 'Ada L'`);
      await change(2, `email = null`);
      expect((await sandbox.run()).exit).toBe(0);
      sandbox.map('sources.yml', redacting);
      expect(await recorded()).toMatch(secrets);
      const asked = { status: 'pending', redacted: { changes: 2, rejected: 0 } };
      expect((await once('prune', '--redacted', '--dry-run')).json).toMatchObject(asked);
      expect(await recorded()).toMatch(secrets);
      expect(await once('prune', '--redacted')).toMatchObject({
        exit: 0,
        json: { status: 'pruned', redacted: { changes: 2 }, pruned: { batches: 0 } },
      });
      expect(await recorded()).not.toMatch(secrets);
      expect((await once('prune', '--redacted')).json).toMatchObject({ status: 'nothing' });
      expect((await call(sandbox, ['prune', '--redacted', '--older-than', '1d'])).exit).toBe(2);
      // As if they had been redacted then: a hash tells whether a cell still is what the batch made of it.
      expect(await once('rollback', '2')).toMatchObject({
        exit: 3,
        json: { conflicts: expect.arrayContaining([expect.objectContaining({ redacted: true })]) },
      });
      expect((await once('rollback', '2', '--on-conflict', 'skip')).exit).toBe(0);
      expect(await customer(1)).toEqual({ name: 'Ada', contact: 'SECRET-OLD', salary: '81234.50' });
      await equal();
    });

    it('stand in mirrors and targets, and in no record and no output', async () => {
      await change(1, `email = 'secret-new', salary = 81234.5, name = 'Ada L'`);
      await sandbox.sql(
        `delete from staging.customers where id = 2`,
        `insert into staging.customers values (4, 'Di', 'secret-di', 81234.7, timestamp '2020-05-01 00:00:00')`,
        `update staging.orders set customer_id = 4 where id = 11`,
      );
      await ask('plan');
      await ask('impact', '--pending');
      expect(await once('run')).toMatchObject({ exit: 0, json: { batch: 2 } });
      expect(await customer(1)).toEqual({ name: 'Ada L', contact: 'SECRET-NEW', salary: '81234.50' });
      expect(await sandbox.sql('select contact from marts.fact_order order by order_id')).toEqual([
        { contact: 'SECRET-NEW' },
        { contact: 'SECRET-DI' },
      ]);
      const all = await recorded();
      expect(all).not.toMatch(secrets);
      expect(all).toMatch(/tidemark:redacted:[0-9a-f]{64}/);
      expect((await ask('show', '2', '--rows')).stdout).toContain('"contact":"(redacted)"');
      expect((await ask('why', 'dim_customer', 'customer_id=1')).json['rows']).toMatchObject([
        {
          columns: [{}, { value: 'Ada L' }, { name: 'contact', value: '(redacted)' }, {}],
          batches: [{ changes: [{ after: { email: '(redacted)', name: 'Ada L' } }] }, {}],
        },
      ]);
      await ask('why', 'fact_order', 'order_id=11', 'contact');
      await ask('why', 'customers_scd', '--where', 'customer_id = 1');
      await ask('history', '-s', 'dim_customer', '--key', 'customer_id=1');
      await ask('status');
      await ask('validate', '--against-data');
      await equal();
      // A change outside is seen, though the record of what was written is a hash.
      await sandbox.sql(`update marts.dim_customer set contact = 'secret-hand' where customer_id = 1`);
      const why = await ask('why', 'dim_customer', 'customer_id=1', 'contact');
      expect(why.json['rows']).toMatchObject([{ columns: [{ value: '(redacted)', outside_since: 2 }] }]);
      expect(await ask('verify')).toMatchObject({ exit: 3 });
    });

    it('the warehouse’s own words, which quote a value, are left out', async () => {
      sandbox.map(
        'dim_customer.yml',
        `target: dim_customer
key: customer_id
from: customers
columns: { customer_id: customers.id, name: customers.name, contact: "cast(cast(customers.email as integer) as varchar)", salary: customers.salary }
`,
      );
      await change(1, `email = 'secret-word'`);
      const { stdout, exit } = await once('run');
      expect(exit).toBe(5);
      expect(stdout).toMatch(/expression_failed|value_does_not_fit/);
      expect(stdout).toContain('its own words are left out');
      await ask('status');
      expect(await recorded()).not.toMatch(secrets);
    });

    it('an undo takes inserts back, and whatever no redacted value changed in', async () => {
      const before = await sandbox.sql('select * from marts.dim_customer order by 1');
      await sandbox.sql(
        `insert into staging.customers values (4, 'Di', 'secret-di', 81234.7, timestamp '2020-05-01 00:00:00')`,
        `update staging.orders set customer_id = 2 where id = 10`,
        `delete from staging.customers where id = 3`,
      );
      await change(1, `name = 'Ada L'`);
      await sandbox.run();
      expect(await once('rollback', '2')).toMatchObject({
        exit: 0,
        json: { status: 'applied', conflicts: [] },
      });
      expect(await sandbox.sql('select * from marts.dim_customer order by 1')).toEqual(before);
      expect(
        await sandbox.sql('select customer, contact from marts.fact_order order by order_id'),
      ).toMatchObject([{ customer: 'Ada', contact: 'SECRET-ADA' }, { customer: 'Bob' }]);
      await equal();
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('undo_conflicts: a redacted value from before is not kept; skip takes back the rest, force is refused', async () => {
      await change(1, `email = 'secret-new', name = 'Ada L'`);
      await sandbox.sql('delete from staging.customers where id = 2');
      await sandbox.run();
      const refused = await once('rollback', '2');
      expect(refused).toMatchObject({ exit: 3, json: { status: 'refused' } });
      expect(refused.json['conflicts']).toMatchObject([
        { key: { id: 1 }, column: 'email', expected: '(redacted)', found: '(redacted)', redacted: true },
        { key: { id: 2 }, column: 'email', found: null, redacted: true },
        { key: { id: 2 }, column: 'salary', found: null, redacted: true },
      ]);
      expect(JSON.stringify(refused.json['errors'])).toContain('the values from before are not kept');
      expect(await once('rollback', '2', '--on-conflict', 'force')).toMatchObject({
        exit: 2,
        json: { code: 'not_undoable' },
      });
      expect(await customer(1)).toMatchObject({ name: 'Ada L', contact: 'SECRET-NEW' });
      expect(await once('rollback', '2', '--on-conflict', 'skip')).toMatchObject({
        exit: 0,
        json: { status: 'applied' },
      });
      expect(await customer(1)).toMatchObject({ name: 'Ada', contact: 'SECRET-NEW' });
      expect(await customer(2)).toBeUndefined();
      await equal();
      expect((await sandbox.run()).report.status).toBe('idle');
      // Back by hand: nothing is lost any more.
      expect(await recorded()).not.toMatch(secrets);
    });

    it('events of a log that are set aside are kept without their values', async () => {
      sandbox.map(
        'sources.yml',
        `${redacting}  clients: { table: staging.events, detect: log, key: id, op: op, after: after, types: { id: bigint, email: varchar, salary: 'numeric(10,2)' }, sequence: seq, arrival: seq, redact: [email, salary] }
`,
      );
      sandbox.map(
        'dim_client.yml',
        'target: dim_client\nkey: id\nfrom: clients\ncolumns: { id: clients.id, email: clients.email }\n',
      );
      const json = engine === 'duckdb' ? 'json' : 'jsonb';
      await sandbox.sql(
        `create table staging.events (seq bigint, op varchar(1), after ${json})`,
        `insert into staging.events values (1, 'c', '{"id": 1, "email": "secret-one", "salary": 81234.5}')`,
      );
      expect(await once('run')).toMatchObject({ exit: 0 });
      await sandbox.sql(
        `insert into staging.events values (2, 'u', '{"id": 1, "email": "secret-two", "salary": 81234.7}'), (3, 'u', '{"id": 1, "email": "secret-three", "salary": "secret-salary"}')`,
      );
      const { json: report } = await once('run');
      expect(report['warnings']).toMatchObject([{ code: 'events_set_aside' }]);
      expect(await sandbox.sql('select email from marts.dim_client')).toEqual([{ email: 'secret-two' }]);
      expect(await recorded()).toContain('bad_value');
      expect(await recorded()).not.toMatch(secrets);
      await ask('status');
    });

    it('a value that is back by itself is no conflict', async () => {
      await change(1, `email = 'secret-new', name = 'Ada L'`);
      await sandbox.run();
      await change(1, `email = 'secret-ada'`);
      await sandbox.run();
      expect(await once('rollback', '2')).toMatchObject({ exit: 0, json: { conflicts: [] } });
      expect(await customer(1)).toMatchObject({ name: 'Ada', contact: 'SECRET-ADA' });
      await equal();
    });

    it('not_undoable: what was recorded while a column was redacted is never written back', async () => {
      await change(1, `email = 'secret-new'`);
      await sandbox.run();
      sandbox.map('sources.yml', redacting.replace(', redact: [email, salary]', ''));
      expect((await sandbox.run()).exit).toBe(0);
      const { exit, json } = await once('rollback', '2');
      expect({ exit, code: json['code'] }).toEqual({ exit: 2, code: 'not_undoable' });
      expect(json['message']).toContain('was redacted when this was recorded');
      expect(await customer(1)).toMatchObject({ contact: 'SECRET-NEW' });
    });
  });
};
