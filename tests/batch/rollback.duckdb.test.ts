// Undo on DuckDB.
import { describeRollback } from './rollback-suite.ts';

describeRollback('duckdb');
