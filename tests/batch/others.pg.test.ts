// See others-suite.ts.
import { describeOthers } from './others-suite.ts';

describeOthers('postgres');
