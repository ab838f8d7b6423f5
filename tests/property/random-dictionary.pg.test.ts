// Random histories of random dictionaries on Postgres.
import { describeRandomDictionaries } from './random-dictionary.ts';

describeRandomDictionaries('postgres', 'tests/property/random-dictionary.pg.test.ts');
