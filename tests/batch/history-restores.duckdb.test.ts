// Events of histories put back from older copies, on duckdb: see history-restores-suite.ts.
import { describeRestoredHistories } from './history-restores-suite.ts';

describeRestoredHistories('duckdb');
