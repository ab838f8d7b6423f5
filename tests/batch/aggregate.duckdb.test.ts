// Aggregate targets.
import { describeAggregates } from './aggregate-suite.ts';

describeAggregates('duckdb');
