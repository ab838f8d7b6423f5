// See adoption-suite.ts.
import { describeAdoption } from './adoption-suite.ts';

describeAdoption('duckdb');
