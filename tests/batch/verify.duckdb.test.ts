// See verify-suite.ts.
import { describeVerify } from './verify-suite.ts';

describeVerify('duckdb');
