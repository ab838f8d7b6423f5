// An undo beside a project to which the undone changes never happened, on postgres: see undo-twin.ts.
import { describeUndoTwins } from './undo-twin.ts';

describeUndoTwins('postgres', 'tests/property/undo-twin.pg.test.ts');
