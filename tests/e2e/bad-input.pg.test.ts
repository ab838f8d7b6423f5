// Bad data in staging, on postgres: see bad-input-suite.ts.
import { describeBadInput } from './bad-input-suite.ts';

describeBadInput('postgres');
