// The conformance suite on Snowflake, as far as its double goes.
import { loadSnowflake } from '../../src/warehouse/snowflake/driver.ts';
import { openSnowflake } from '../../src/warehouse/snowflake/warehouse.ts';
import { startDouble, type Double } from '../support/snowflake-double/server.ts';
import { conformance } from './cases.ts';
import { snowflakeEngine } from './snowflake-engine.ts';

let double: Double | undefined;

conformance({
  ...snowflakeEngine,
  async open() {
    double = await startDouble({
      account: 'ACME',
      database: 'DB',
      users: [{ name: 'TIDE', password: 'p', role: 'LOADER' }],
      warehouses: { WH: 'running' },
    });
    return openSnowflake(await loadSnowflake(), {
      type: 'snowflake',
      account: 'acme',
      user: 'tide',
      role: 'LOADER',
      warehouse: 'WH',
      database: 'DB',
      url: `http://127.0.0.1:${double.port}`,
      proof: { kind: 'password', password: 'p' },
    });
  },
  async close() {
    await double?.stop();
  },
});
