// See drift-suite.ts.
import { describeDrift } from './drift-suite.ts';

describeDrift('postgres');
