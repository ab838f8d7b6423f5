// See log-columns-suite.ts.
import { describeLogColumns } from './log-columns-suite.ts';

describeLogColumns('duckdb');
