// See foreign-writes-suite.ts.
import { describeForeignWrites } from './foreign-writes-suite.ts';

describeForeignWrites('duckdb');
