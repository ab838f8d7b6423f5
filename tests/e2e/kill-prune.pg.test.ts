// See kill-prune-suite.ts.
import { describeKilledPrunes } from './kill-prune-suite.ts';

describeKilledPrunes('postgres');
