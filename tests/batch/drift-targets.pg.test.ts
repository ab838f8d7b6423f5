// See drift-targets-suite.ts.
import { describeDriftingTargets } from './drift-targets-suite.ts';

describeDriftingTargets('postgres');
