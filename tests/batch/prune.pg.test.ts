// See prune-suite.ts.
import { describePrune } from './prune-suite.ts';

describePrune('postgres');
