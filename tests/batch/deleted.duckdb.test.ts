// Rows that are gone from staging, on DuckDB.
import { describeDeleted } from './deleted-suite.ts';

describeDeleted('duckdb');
