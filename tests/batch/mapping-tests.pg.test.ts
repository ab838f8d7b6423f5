// See mapping-tests-suite.ts.
import { describeMappingTests } from './mapping-tests-suite.ts';

describeMappingTests('postgres');
