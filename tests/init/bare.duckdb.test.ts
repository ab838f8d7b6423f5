import { describeBare } from './bare-suite.ts';

describeBare('duckdb');
