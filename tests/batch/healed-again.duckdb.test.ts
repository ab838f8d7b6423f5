// See healed-again-suite.ts.
import { describeHealedAgain } from './healed-again-suite.ts';

describeHealedAgain('duckdb');
