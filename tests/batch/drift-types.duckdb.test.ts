// See drift-types-suite.ts.
import { describeDriftingTypes } from './drift-types-suite.ts';

describeDriftingTypes('duckdb');
