import { benchSuite } from './bench-suite.ts';

benchSuite('duckdb', ['alongside', 'memory', 'undo', 'idle', 'checks', 'watched', 'histories']);
