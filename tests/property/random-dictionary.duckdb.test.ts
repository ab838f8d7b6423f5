// Random histories of random dictionaries on DuckDB.
import { describeRandomDictionaries } from './random-dictionary.ts';

describeRandomDictionaries('duckdb', 'tests/property/random-dictionary.duckdb.test.ts');
