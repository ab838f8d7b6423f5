// See uninstall-suite.ts.
import { describeUninstall } from './uninstall-suite.ts';

describeUninstall('postgres');
