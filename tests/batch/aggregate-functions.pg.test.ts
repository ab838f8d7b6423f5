// Aggregate functions of the engine.
import { describeAggregateFunctions } from './aggregate-functions-suite.ts';

describeAggregateFunctions('postgres');
