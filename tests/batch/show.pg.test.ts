// See show-suite.ts.
import { describeShow } from './show-suite.ts';

describeShow('postgres');
