// See validate-data-suite.ts.
import { describeValidateData } from './validate-data-suite.ts';

describeValidateData('postgres');
