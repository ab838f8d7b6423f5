// Keys of the mapping files on Postgres.
import { describeMappingKeys } from './mapping-keys-suite.ts';

describeMappingKeys('postgres');
