// See checks-suite.ts.
import { describeChecks } from './checks-suite.ts';

describeChecks('postgres');
