// npm run test:snowflake:live: the conformance suite on a real account. Without one it says so and does nothing.
import { ensureBuilt } from './setup/build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { runNode } from './setup/program.mjs';

const needed = [
  'SNOWFLAKE_ACCOUNT',
  'SNOWFLAKE_USER',
  'SNOWFLAKE_PRIVATE_KEY_PATH',
  'SNOWFLAKE_WAREHOUSE',
  'SNOWFLAKE_DATABASE',
];
const missing = needed.filter((name) => !process.env[name]);

if (missing.length > 0) console.log(`SKIPPED: the live suite of Snowflake needs ${missing.join(', ')}`);
else {
  await ensureInstalled();
  await ensureBuilt();
  process.exitCode = await runNode(
    'node_modules/vitest/vitest.mjs',
    ['run', '--project=live', 'tests/conformance/snowflake.live.test.ts'],
    { env: { ...process.env, TIDEMARK_TEST_LIVE: '1' } },
  );
}
