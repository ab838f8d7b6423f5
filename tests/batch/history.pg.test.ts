// See history-suite.ts.
import { describeHistories } from './history-suite.ts';

describeHistories('postgres');
