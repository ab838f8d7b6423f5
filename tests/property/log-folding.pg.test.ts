// See log-folding.ts.
import { describeLogFolding } from './log-folding.ts';

describeLogFolding('postgres', 'tests/property/log-folding.pg.test.ts');
