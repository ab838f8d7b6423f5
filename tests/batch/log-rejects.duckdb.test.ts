// See log-rejects-suite.ts.
import { describeRejects } from './log-rejects-suite.ts';

describeRejects('duckdb');
