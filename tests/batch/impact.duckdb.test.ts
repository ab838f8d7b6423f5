// See impact-suite.ts.
import { describeImpact } from './impact-suite.ts';

describeImpact('duckdb');
