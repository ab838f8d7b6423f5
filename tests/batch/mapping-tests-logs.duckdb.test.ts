// Mapping tests over logs on DuckDB.
import { describeMappingTestsOfLogs } from './mapping-tests-logs-suite.ts';

describeMappingTestsOfLogs('duckdb');
