// See claim-tick-suite.ts.
import { describeClaims } from './claim-tick-suite.ts';

describeClaims('postgres');
