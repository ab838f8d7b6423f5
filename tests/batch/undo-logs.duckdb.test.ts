// See undo-logs-suite.ts.
import { describeUndoOfLogs } from './undo-logs-suite.ts';

describeUndoOfLogs('duckdb');
