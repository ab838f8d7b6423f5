// kill -9 at the statements of a run, on duckdb: see tests/support/kill-suite.ts.
import { describeKills } from '../support/kill-suite.ts';

describeKills('duckdb');
