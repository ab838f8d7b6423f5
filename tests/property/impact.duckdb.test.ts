// What `impact` names, and what changes, on DuckDB.
import { describeImpactProperties } from './impact.ts';

describeImpactProperties('duckdb', 'tests/property/impact.duckdb.test.ts');
