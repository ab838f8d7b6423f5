import { benchSuite } from './bench-suite.ts';

benchSuite('duckdb');
