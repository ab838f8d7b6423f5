import { describeOwnership } from './ownership-suite.ts';

describeOwnership('duckdb');
