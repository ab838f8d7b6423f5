// See logs-suite.ts.
import { describeLogs } from './logs-suite.ts';

describeLogs('postgres');
