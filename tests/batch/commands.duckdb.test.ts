// See commands-suite.ts.
import { describeCommands } from './commands-suite.ts';

describeCommands('duckdb');
