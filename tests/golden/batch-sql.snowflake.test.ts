// What a batch sends to Snowflake; `npm run test:snowflake` parses it under a grammar that is not ours.
import { goldenBatch } from './batch-sql.ts';

goldenBatch('snowflake');
