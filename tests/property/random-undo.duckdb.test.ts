// Random histories of random dictionaries on DuckDB.
import { describeRandomUndos } from './random-undo.ts';

describeRandomUndos('duckdb', 'tests/property/random-undo.duckdb.test.ts');
