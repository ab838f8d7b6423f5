// `checks:` of a target: SQL that returns bad rows, asked of the target as the batch would leave it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { validate } from '../../src/batch/validate.ts';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, salesFile, vendorFile } from './corner.ts';

const noShouting = `checks:
  no shouting: select vendor_id, vendor_name from fact_vendor where vendor_name = upper(vendor_name)
`;

export const describeChecks = (engine: Engine): void => {
  describe(`checks on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
    });
    afterEach(() => sandbox.remove());

    const rename = (id: number, name: string) =>
      sandbox.sql(
        `update staging.companies set name = '${name}', updated_at = timestamp '2020-03-01 00:00:00' where id = ${id}`,
      );
    const vendorNames = async () =>
      (await sandbox.sql('select vendor_name from marts.fact_vendor order by vendor_id')).map(
        (row) => row['vendor_name'],
      );

    it('leaves the target out that would hold bad rows, names check, line and rows, and goes on with the others', async () => {
      sandbox.map('fact_vendor.yml', vendorFile(noShouting));
      await sandbox.run();
      await rename(2, 'BLANC');
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.behind).toMatchObject([{ name: 'fact_vendor', code: 'check_failed', retryable: false }]);
      expect(report.errors).toMatchObject([
        {
          code: 'check_failed',
          message:
            'target `fact_vendor`: check `no shouting` found bad rows: (vendor_id=2, vendor_name=BLANC); the target was left out',
          at: { file: 'mappings/fact_vendor.yml', line: 6 },
          details: { check: 'no shouting', rows: [{ vendor_id: '2', vendor_name: 'BLANC' }] },
        },
      ]);
      expect(report.targets).toMatchObject([{ name: 'fact_sales', updated: 1 }]);
      expect(await vendorNames()).toEqual(['Adler', 'Blanc', 'Conti']);
    });

    it('takes the target in again when the rows are mended', async () => {
      sandbox.map('fact_vendor.yml', vendorFile(noShouting));
      await sandbox.run();
      await rename(2, 'BLANC');
      await sandbox.run();
      await sandbox.sql(
        `update staging.companies set name = 'Blanche', updated_at = timestamp '2020-03-02 00:00:00' where id = 2`,
      );
      expect((await sandbox.run()).exit).toBe(0);
      expect(await vendorNames()).toEqual(['Adler', 'Blanche', 'Conti']);
    });

    it('sees inserted, updated and deleted rows, and the columns that are not ours', async () => {
      await sandbox.run();
      sandbox.map(
        'fact_sales.yml',
        salesFile(`checks:
  dear ones keep their name: |
    select sale_id, vendor_name, amount from fact_sales -- of dbt's rows
    where amount > 5.50 and vendor_name <> 'Blanc';
`),
      );
      sandbox.map(
        'fact_vendor.yml',
        vendorFile(
          `checks: { three of them: 'select count(*) as vendors from fact_vendor having count(*) <> 3', not the first: select * from fact_vendor where vendor_id = 1 and vendor_name = 'Adler' }\n`,
        ),
      );
      await rename(1, 'Adler AG');
      expect((await sandbox.run()).exit).toBe(0);
      await sandbox.sql(
        'delete from staging.companies where id = 3',
        `insert into staging.companies values (4, 'Dorn', true, false, timestamp '2020-03-01 00:00:00')`,
      );
      expect((await sandbox.run()).report).toMatchObject({
        status: 'applied',
        targets: [{ name: 'fact_vendor', inserted: 1, deleted: 1 }],
      });
      await sandbox.sql(
        `insert into staging.companies values (5, 'Egger', true, false, timestamp '2020-03-01 00:00:00')`,
      );
      await rename(2, 'Blanche');
      const { report } = await sandbox.run();
      expect(report.errors.map(({ message }) => message)).toEqual([
        'target `fact_sales`: check `dear ones keep their name` found bad rows: (sale_id=101, vendor_name=Blanche, amount=6.00); the target was left out',
        'target `fact_vendor`: check `three of them` found bad rows: (vendors=4); the target was left out',
      ]);
    });

    it('is asked of a table that the batch would make, and of nothing when nothing changes', async () => {
      sandbox.map(
        'fact_vendor.yml',
        vendorFile(`checks: { few: select * from fact_vendor where vendor_id > 2 }\n`),
      );
      expect((await sandbox.run()).report.behind).toMatchObject([
        { name: 'fact_vendor', code: 'check_failed' },
      ]);
      sandbox.map('fact_vendor.yml', vendorFile());
      expect((await sandbox.run()).exit).toBe(0);
      sandbox.map(
        'fact_vendor.yml',
        vendorFile(`checks: { few: select * from fact_vendor where vendor_id > 2 }\n`),
      );
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { status: 'idle' } });
    });

    it('says what is wrong with a check that the warehouse does not understand', async () => {
      sandbox.map('fact_vendor.yml', vendorFile(`checks: { typo: select vendor_nmae from fact_vendor }\n`));
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.errors).toMatchObject([
        {
          code: 'check_failed',
          message: expect.stringMatching(/check `typo` cannot be asked: .*vendor_nmae/s),
          at: { line: 5 },
        },
      ]);
    });

    it('is compiled by validate, of a table that is there and of one that is yet to be made', async () => {
      const problems = async () =>
        (await validate({ project: sandbox.project() })).problems.map(({ code, message, at }) => ({
          code,
          message: message.split(':')[0],
          at: [at?.file, at?.line, at?.column],
        }));
      const good = `checks:
  twins: select v.vendor_id from fact_vendor v group by 1 having count(*) > 1;
  dangling: select s.vendor_id from fact_vendor s left join staging.companies c on c.id = s.vendor_id where c.id is null -- none
`;
      sandbox.map('fact_vendor.yml', vendorFile(good));
      expect(await problems()).toEqual([]);
      const bad = `${good}  typo: select vendor_nmae from fact_vendor
  no select: delete from fact_vendor
  half: |
    select * from fact_vendor
    where
`;
      sandbox.map('fact_vendor.yml', vendorFile(bad));
      sandbox.map('fact_sales.yml', salesFile(`checks: { typo: select amuont from fact_sales }\n`));
      const found = [
        ['mappings/fact_sales.yml', 5, 17, 'typo', 'fact_sales'],
        ['mappings/fact_vendor.yml', 8, 9, 'typo', 'fact_vendor'],
        ['mappings/fact_vendor.yml', 9, 14, 'no select', 'fact_vendor'],
        ['mappings/fact_vendor.yml', 11, 5, 'half', 'fact_vendor'],
      ].map(([file, line, column, check, target]) => ({
        code: 'invalid_expression',
        message: `check \`${check}\` of target \`${target}\` does not compile`,
        at: [file, line, column],
      }));
      expect(await problems()).toEqual(found);
      sandbox.map('fact_vendor.yml', vendorFile());
      await sandbox.run();
      sandbox.map('fact_vendor.yml', vendorFile(bad));
      expect(await problems()).toEqual(found);
    });

    it('is part of a plan and of a verify', async () => {
      await sandbox.run();
      sandbox.map('fact_vendor.yml', vendorFile(noShouting));
      await rename(2, 'BLANC');
      const planned = await plan({ project: sandbox.project() });
      expect(planned).toMatchObject({
        exit: 5,
        report: { behind: [{ name: 'fact_vendor', code: 'check_failed' }] },
      });
      expect(await verify({ project: sandbox.project() })).toMatchObject({
        exit: 0,
        report: { status: 'equal' },
      });
      sandbox.map(
        'fact_vendor.yml',
        vendorFile(`checks: { no Conti: select * from fact_vendor where vendor_id = 3 }\n`),
      );
      expect(await verify({ project: sandbox.project() })).toMatchObject({
        exit: 5,
        report: {
          status: 'different',
          behind: [
            {
              name: 'fact_vendor',
              code: 'check_failed',
              reason: expect.stringContaining('vendor_name=Conti'),
            },
          ],
        },
      });
    });
  });
};
