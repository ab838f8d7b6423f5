// Random histories of random dictionaries on Snowflake's double.
import { describeRandomDictionaries } from './random-dictionary.ts';

describeRandomDictionaries('snowflake', 'tests/property/random-dictionary.snowflake.test.ts');
