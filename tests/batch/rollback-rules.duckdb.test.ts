// See rollback-rules-suite.ts.
import { describeRollbackRules } from './rollback-rules-suite.ts';

describeRollbackRules('duckdb');
