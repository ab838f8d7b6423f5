// Redacted columns on DuckDB.
import { describeRedaction } from './redaction-suite.ts';

describeRedaction('duckdb');
