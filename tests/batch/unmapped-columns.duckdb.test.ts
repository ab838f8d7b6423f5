// Columns of a target that belong to whoever built it, on DuckDB.
import { describeUnmappedColumns } from './unmapped-columns-suite.ts';

describeUnmappedColumns('duckdb');
