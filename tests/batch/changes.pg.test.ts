// See changes-suite.ts.
import { describeChanges } from './changes-suite.ts';

describeChanges('postgres');
