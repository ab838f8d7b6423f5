// Aggregate targets.
import { describeAggregates } from './aggregate-suite.ts';

describeAggregates('postgres');
