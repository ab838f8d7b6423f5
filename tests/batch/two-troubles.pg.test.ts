// See two-troubles-suite.ts.
import { describeTwoTroubles } from './two-troubles-suite.ts';

describeTwoTroubles('postgres');
