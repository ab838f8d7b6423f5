// See changed-at-suite.ts.
import { describeChangedAt } from './changed-at-suite.ts';

describeChangedAt('postgres');
