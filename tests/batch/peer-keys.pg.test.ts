// What other tools get wrong of keys and times.
import { describePeerKeys } from './peer-keys-suite.ts';

describePeerKeys('postgres');
