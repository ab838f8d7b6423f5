// See drift-sources-suite.ts.
import { describeDriftingSources } from './drift-sources-suite.ts';

describeDriftingSources('postgres');
