// See undo-events-suite.ts.
import { describeUndoOfEvents } from './undo-events-suite.ts';

describeUndoOfEvents('duckdb');
