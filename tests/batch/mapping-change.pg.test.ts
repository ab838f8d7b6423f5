// See mapping-change-suite.ts.
import { describeMappingChanges } from './mapping-change-suite.ts';

describeMappingChanges('postgres');
