// Undo of what was written for no source change, on postgres: see undo-writes-suite.ts.
import { describeUndoOfWrites } from './undo-writes-suite.ts';

describeUndoOfWrites('postgres');
