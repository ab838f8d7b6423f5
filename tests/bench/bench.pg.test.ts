import { benchSuite } from './bench-suite.ts';

benchSuite('postgres', ['audit', 'growth', 'undo', 'rebuild', 'verify', 'aggregates']);
