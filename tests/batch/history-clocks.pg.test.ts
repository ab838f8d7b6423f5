// See history-clocks-suite.ts.
import { describeHistoryClocks } from './history-clocks-suite.ts';

describeHistoryClocks('postgres');
