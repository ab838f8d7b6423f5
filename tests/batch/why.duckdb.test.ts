// See why-suite.ts.
import { describeWhy } from './why-suite.ts';

describeWhy('duckdb');
