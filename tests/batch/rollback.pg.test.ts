// Undo on Postgres.
import { describeRollback } from './rollback-suite.ts';

describeRollback('postgres');
