// See environments-suite.ts.
import { describeEnvironments } from './environments-suite.ts';

describeEnvironments('duckdb');
