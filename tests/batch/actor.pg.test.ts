// See actor-suite.ts.
import { describeActor } from './actor-suite.ts';

describeActor('postgres');
