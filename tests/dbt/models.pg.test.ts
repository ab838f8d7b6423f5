import { describeModels } from './models-suite.ts';

describeModels('postgres', [4, 5], 8);
