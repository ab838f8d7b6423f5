// Events that cannot be taken: each is set aside with its reason, the rest of the log goes on, and nothing is lost.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { append, customer, customersSource, logBook, logSources, type Change } from './log-book.ts';

const year = 365 * 24 * 3_600_000;

/** What is wrong, and the sentence that says so. */
const flaws: readonly (readonly [what: string, change: Change, code: string, reason: string])[] = [
  [
    'an op nobody declared',
    { op: 'x', after: customer(9) },
    'unknown_operation',
    '`operation`: `x` is no operation that was declared',
  ],
  ['no op', { op: null, after: customer(9) }, 'unknown_operation', '`operation` is NULL'],
  ['a NULL sequence', { op: 'c', after: customer(9), ts: null }, 'bad_sequence', '`ts_ms` is NULL'],
  [
    'a NULL key',
    { op: 'c', after: customer(9, { customer_id: null }) },
    'null_key',
    'key column `customer_id` is NULL',
  ],
  ['no key', { op: 'c', after: { name: 'nobody' } }, 'null_key', 'key column `customer_id` is NULL'],
  [
    'a key that is none',
    { op: 'c', after: customer(9, { customer_id: 'nine' }) },
    'bad_value',
    '`customer_id`: `nine` is no `',
  ],
  ['a delete that names no row', { op: 'd' }, 'no_image', '`before` is NULL: nothing tells the row'],
  [
    'an upsert without an image',
    { op: 'u', before: customer(9) },
    'no_image',
    '`after` is NULL: nothing tells the row',
  ],
  ['an image that is no object', { op: 'c', after: [1, 2] }, 'bad_image', '`after`: `[1,'],
  [
    'a number that is none',
    { op: 'c', after: customer(9, { credit: 'abc' }) },
    'bad_value',
    '`credit`: `abc` is no `',
  ],
  [
    'a number that overflows',
    { op: 'c', after: customer(9, { credit: 12345678901.5 }) },
    'bad_value',
    '`credit`: `12345678901.5` is no `',
  ],
  [
    'a time that is none',
    { op: 'c', after: customer(9, { updated_at: '2020-02-30' }) },
    'bad_value',
    '`updated_at`: `2020-02-30` is no `',
  ],
  [
    'a word of the clock',
    { op: 'c', after: customer(9, { updated_at: 'now' }) },
    'bad_value',
    '`updated_at`: `now` is no `',
  ],
  [
    'a time without a unit',
    { op: 'c', after: customer(9, { updated_at: 1577872800000 }) },
    'no_unit',
    '`updated_at`: `1577872800000` is a number, and nothing says what it counts',
  ],
  [
    'a time far in the future',
    { op: 'c', after: customer(9), ts: Date.now() + year },
    'future_time',
    'lies more than 24 h in the future',
  ],
  [
    'a time that no calendar has',
    { op: 'c', after: customer(9), ts: 9e17 },
    'bad_time',
    '`ts_ms`: `900000000000000000` is no time',
  ],
];

export const describeRejects = (engine: Engine): void => {
  describe(`events that cannot be taken on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, logBook());
      await append(sandbox, { op: 'c', after: customer(1) }, { op: 'c', after: customer(2) });
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const ids = async () =>
      (await sandbox.sql('select customer_id from staging_public.customers order by 1')).map(
        (row) => row['customer_id'],
      );
    const rejected = () =>
      sandbox.sql(
        'select source, code, reason, cast(key as varchar) as key, outcome from tidemark.rejected order by arrival, code',
      );
    const mend = (seq: number, column: string, value: string) =>
      sandbox.sql(`update staging.raw_changes set ${column} = ${value} where seq = ${seq}`);

    it('events_set_aside: every flaw has its sentence, and the rest of the batch goes on', async () => {
      await append(sandbox, ...flaws.map(([, change]) => change), { op: 'c', after: customer(3) });
      const { exit, report } = await sandbox.run();
      expect({ exit, ...report }).toMatchObject({ exit: 0, status: 'applied', behind: [], errors: [] });
      expect(report.warnings).toMatchObject([
        {
          code: 'events_set_aside',
          details: { source: 'customers', fresh: flaws.length, open: flaws.length },
        },
      ]);
      expect(await ids()).toEqual(['1', '2', '3']);
      const rows = await sandbox.sql(
        'select code, reason, arrival from tidemark.rejected order by cast(arrival as bigint)',
      );
      expect(rows).toMatchObject(
        flaws
          .map(([what, , code, reason]) => ({
            code,
            reason: expect.stringContaining(reason) as string,
            what,
          }))
          .map(({ what: _, ...row }) => row),
      );
    });

    it('keeps the event and, where it is known, its key', async () => {
      await append(sandbox, { op: 'u', before: customer(1), after: customer(1, { credit: 'much' }) });
      await sandbox.run();
      const [row] = await sandbox.sql(
        'select cast(key as varchar) as key, cast(event as varchar) as event from tidemark.rejected',
      );
      expect(JSON.parse(String(row?.['key']))).toEqual({ customer_id: '1' });
      const event = JSON.parse(String(row?.['event'])) as Record<string, unknown>;
      expect(event).toMatchObject({ seq: '3', operation: 'u', table_name: 'customers' });
      expect(JSON.parse(String(event['after']))).toMatchObject({ credit: 'much' });
    });

    it('is told by every run and by status until it is mended', async () => {
      await append(sandbox, { op: 'c', after: customer(9, { credit: 'abc' }) });
      await sandbox.run();
      const again = await sandbox.run();
      expect(again.report).toMatchObject({
        status: 'idle',
        warnings: [{ code: 'events_set_aside', details: { fresh: 0, open: 1 } }],
      });
      expect(await rejected()).toHaveLength(1);
      const { exit, json } = await call(sandbox, ['status', '--json']);
      expect(exit).toBe(0);
      expect(json).toMatchObject({
        sources: [
          {
            name: 'customers',
            rejected: [
              {
                code: 'bad_value',
                field: 'credit',
                events: 1,
                keys: 1,
                key: { customer_id: '9' },
                arrival: '3',
              },
            ],
          },
          { name: 'orders' },
        ],
      });
      const { stdout } = await call(sandbox, ['status']);
      expect(stdout).toContain('customers: 1 event set aside since');
      expect(stdout).toContain('tidemark reconcile --rejected');
    });

    it('event_rejected: --strict leaves the log out instead, and reads it again next time', async () => {
      await append(
        sandbox,
        { op: 'c', after: customer(9, { credit: 'abc' }) },
        { op: 'c', after: customer(3) },
      );
      const strict = await sandbox.run({ strict: true });
      expect(strict).toMatchObject({
        exit: 5,
        report: {
          behind: [{ name: 'customers', code: 'event_rejected' }],
          errors: [{ code: 'event_rejected' }],
        },
      });
      expect(await ids()).toEqual(['1', '2']);
      expect(await rejected()).toEqual([]);
      await mend(3, 'after', `'${JSON.stringify(customer(9))}'`);
      expect(await sandbox.run({ strict: true })).toMatchObject({ exit: 0, report: { warnings: [] } });
      expect(await ids()).toEqual(['1', '2', '3', '9']);
    });

    it('is taken up by reconcile --rejected once the event was mended in the log', async () => {
      await append(sandbox, { op: 'c', after: customer(9, { credit: 'abc' }) });
      await append(sandbox, ...Array.from({ length: 30 }, () => ({ op: 'c', after: customer(3) })));
      sandbox.map('sources.yml', logSources(customersSource({ overlap: '5' })));
      await sandbox.run();
      await append(sandbox, ...Array.from({ length: 30 }, () => ({ op: 'c', after: customer(3) })));
      await sandbox.run();
      await mend(3, 'after', `'${JSON.stringify(customer(9, { credit: 7 }))}'`);
      expect(await sandbox.run()).toMatchObject({ report: { warnings: [{ code: 'events_set_aside' }] } });
      const { exit, stdout, json } = await call(sandbox, ['reconcile', '--rejected', '--json']);
      expect({ exit, stdout, json }).toMatchObject({
        exit: 0,
        json: {
          kind: 'reconcile',
          status: 'applied',
          sources: [{ name: 'customers', inserted: 1 }],
          warnings: [],
        },
      });
      expect(await ids()).toEqual(['1', '2', '3', '9']);
      expect(await rejected()).toMatchObject([{ outcome: 'gone' }]);
      expect((await sandbox.run()).report).toMatchObject({ status: 'idle', warnings: [] });
    });

    it('is taken up once the mapping knows what it means', async () => {
      await append(sandbox, { op: 'N', after: customer(9) }, { op: 'Q', after: customer(8) });
      await sandbox.run();
      expect(await rejected()).toHaveLength(2);
      sandbox.map(
        'sources.yml',
        logSources(
          customersSource({ op: '{ column: operation, upsert: [c, u, N], delete: [d], ignore: [Q] }' }),
        ),
      );
      expect(await sandbox.run()).toMatchObject({
        exit: 0,
        report: { warnings: [{ code: 'mapping_changed' }] },
      });
      expect(await ids()).toEqual(['1', '2', '9']);
      expect(await rejected()).toMatchObject([{ outcome: 'taken' }, { outcome: 'gone' }]);
    });

    it('is still known when the log was pruned', async () => {
      await append(
        sandbox,
        { op: 'c', after: customer(9, { credit: 'abc' }) },
        { op: 'c', after: customer(3) },
      );
      await sandbox.run();
      await sandbox.sql('delete from staging.raw_changes where seq < 4');
      expect(await sandbox.run()).toMatchObject({ report: { warnings: [{ details: { open: 1 } }] } });
      await call(sandbox, ['reconcile', '--rejected']);
      expect(await rejected()).toMatchObject([{ outcome: null }]);
    });

    it('is written by no plan', async () => {
      await append(sandbox, { op: 'c', after: customer(9, { credit: 'abc' }) });
      const { json } = await call(sandbox, ['plan', '--json']);
      expect(json).toMatchObject({ status: 'idle', warnings: [{ code: 'events_set_aside' }] });
      expect(await rejected()).toEqual([]);
      expect((await call(sandbox, ['plan', '--strict'])).exit).toBe(5);
    });
  });
};
