// See row-history-suite.ts.
import { describeRowHistory } from './row-history-suite.ts';

describeRowHistory('duckdb');
