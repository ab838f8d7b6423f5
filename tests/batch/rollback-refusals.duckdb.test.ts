// See rollback-refusals-suite.ts.
import { describeRollbackRefusals } from './rollback-refusals-suite.ts';

describeRollbackRefusals('duckdb');
