// See rollback-holds-suite.ts.
import { describeRollbackHolds } from './rollback-holds-suite.ts';

describeRollbackHolds('duckdb');
