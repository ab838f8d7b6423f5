// kill -9 at the statements of a run, on postgres: see tests/support/kill-suite.ts.
import { describeKills } from '../support/kill-suite.ts';

describeKills('postgres');
