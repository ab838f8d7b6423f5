// Sources that are read from a log of changes: what becomes of mirrors, targets and positions.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { append, customer, logBook } from './log-book.ts';

export const describeLogs = (engine: Engine): void => {
  describe(`a log on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, logBook());
    });
    afterEach(() => sandbox.remove());

    const mirror = () =>
      sandbox.sql('select customer_id, name, email, credit from staging_public.customers order by 1');

    it('is folded once, and then read from its position on', async () => {
      await append(
        sandbox,
        { op: 'c', after: customer(1) },
        { op: 'c', after: customer(2) },
        { op: 'u', before: customer(1), after: customer(1, { name: 'Adler' }) },
        { op: 'd', before: customer(2) },
        { op: 'c', table: 'orders', after: { order_id: 7, customer_id: 1, amount: 3.2 } },
      );
      const first = await sandbox.run();
      expect(first).toMatchObject({ exit: 0, report: { kind: 'bootstrap', warnings: [], errors: [] } });
      expect(await mirror()).toEqual([
        { customer_id: '1', name: 'Adler', email: 'c1@example.com', credit: '10.50' },
      ]);
      expect(await sandbox.sql('select * from marts.fact_order')).toEqual([
        { order_id: '7', amount: '3.20', customer_name: 'Adler' },
      ]);
      await append(
        sandbox,
        { op: 'u', before: customer(1, { name: 'Adler' }), after: customer(1, { name: 'Adler & Sons' }) },
        { op: 'c', after: customer(3) },
      );
      const second = await sandbox.run();
      expect(second.report).toMatchObject({
        kind: 'run',
        status: 'applied',
        sources: [{ name: 'customers', inserted: 1, updated: 1, deleted: 0, columns: { name: 1 } }],
        targets: [
          { name: 'dim_customer', inserted: 1, updated: 1, cells: 1 },
          { name: 'fact_order', inserted: 0, updated: 1 },
        ],
      });
      expect((await sandbox.run()).report.status).toBe('idle');
    });
  });
};
