import { benchSuite } from './bench-suite.ts';

benchSuite('postgres', ['audit', 'growth', 'rebuild']);
