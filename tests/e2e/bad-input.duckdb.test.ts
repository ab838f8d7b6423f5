// Bad data in staging, on duckdb: see bad-input-suite.ts.
import { describeBadInput } from './bad-input-suite.ts';

describeBadInput('duckdb');
