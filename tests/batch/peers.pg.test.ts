// See peers-suite.ts.
import { describePeers } from './peers-suite.ts';

describePeers('postgres');
