// See missing-suite.ts.
import { describeMissing } from './missing-suite.ts';

describeMissing('postgres');
