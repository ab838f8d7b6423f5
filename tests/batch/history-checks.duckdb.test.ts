// See history-checks-suite.ts.
import { describeHistoryChecks } from './history-checks-suite.ts';

describeHistoryChecks('duckdb');
