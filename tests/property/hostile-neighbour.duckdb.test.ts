// Random histories with a hostile neighbour on DuckDB.
import { describeHostileNeighbour } from './hostile-neighbour.ts';

describeHostileNeighbour('duckdb', 'tests/property/hostile-neighbour.duckdb.test.ts');
