// Keys of the mapping files on DuckDB.
import { describeMappingKeys } from './mapping-keys-suite.ts';

describeMappingKeys('duckdb');
