// See drift-columns-suite.ts.
import { describeDriftingColumns } from './drift-columns-suite.ts';

describeDriftingColumns('duckdb');
