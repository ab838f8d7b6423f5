// Random histories with a hostile neighbour on Postgres.
import { describeHostileNeighbour } from './hostile-neighbour.ts';

describeHostileNeighbour('postgres', 'tests/property/hostile-neighbour.pg.test.ts');
