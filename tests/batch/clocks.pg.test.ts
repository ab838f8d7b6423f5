// See clocks-suite.ts.
import { describeClocks } from './clocks-suite.ts';

describeClocks('postgres');
