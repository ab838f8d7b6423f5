// See restores-suite.ts.
import { describeRestores } from './restores-suite.ts';

describeRestores('duckdb');
