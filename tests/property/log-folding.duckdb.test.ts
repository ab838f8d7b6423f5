// See log-folding.ts.
import { describeLogFolding } from './log-folding.ts';

describeLogFolding('duckdb', 'tests/property/log-folding.duckdb.test.ts');
