import { benchSuite } from './bench-suite.ts';

benchSuite('duckdb', ['alongside', 'memory', 'idle', 'checks']);
