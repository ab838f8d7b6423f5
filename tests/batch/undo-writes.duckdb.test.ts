// Undo of what was written for no source change, on duckdb: see undo-writes-suite.ts.
import { describeUndoOfWrites } from './undo-writes-suite.ts';

describeUndoOfWrites('duckdb');
