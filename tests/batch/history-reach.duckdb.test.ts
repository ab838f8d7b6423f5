// See history-reach-suite.ts.
import { describeHistoryReach } from './history-reach-suite.ts';

describeHistoryReach('duckdb');
