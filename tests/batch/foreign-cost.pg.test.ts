// See foreign-cost-suite.ts.
import { describeForeignCost } from './foreign-cost-suite.ts';

describeForeignCost('postgres');
