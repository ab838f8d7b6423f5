// See refusals-suite.ts.
import { describeRefusals } from './refusals-suite.ts';

describeRefusals('duckdb');
