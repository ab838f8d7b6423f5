// Random histories of random dictionaries on Postgres.
import { describeRandomUndos } from './random-undo.ts';

describeRandomUndos('postgres', 'tests/property/random-undo.pg.test.ts');
