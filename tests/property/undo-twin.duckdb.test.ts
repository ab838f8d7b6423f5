// An undo beside a project to which the undone changes never happened, on duckdb: see undo-twin.ts.
import { describeUndoTwins } from './undo-twin.ts';

describeUndoTwins('duckdb', 'tests/property/undo-twin.duckdb.test.ts');
