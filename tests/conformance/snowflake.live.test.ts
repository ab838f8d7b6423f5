// The conformance suite on a Snowflake account: see docs/snowflake.md. Its database is filled with schemas of ours, and
// should be one that nobody misses. `npm run test:snowflake:live` asks for the variables first.
import { loadSnowflake } from '../../src/warehouse/snowflake/driver.ts';
import { openSnowflake } from '../../src/warehouse/snowflake/warehouse.ts';
import { conformance } from './cases.ts';
import { snowflakeEngine } from './snowflake-engine.ts';

const setting = (name: string): string | undefined => process.env[`SNOWFLAKE_${name}`] || undefined;

conformance({
  ...snowflakeEngine,
  open: async () =>
    openSnowflake(await loadSnowflake(), {
      type: 'snowflake',
      account: setting('ACCOUNT') ?? '',
      user: setting('USER'),
      role: setting('ROLE'),
      warehouse: setting('WAREHOUSE'),
      database: setting('DATABASE'),
      proof: {
        kind: 'key',
        path: setting('PRIVATE_KEY_PATH'),
        passphrase: setting('PRIVATE_KEY_PASSPHRASE'),
      },
    }),
  close: () => Promise.resolve(),
});
