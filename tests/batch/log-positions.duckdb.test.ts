// See log-positions-suite.ts.
import { describePositions } from './log-positions-suite.ts';

describePositions('duckdb');
