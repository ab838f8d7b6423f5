import { describeModels } from './models-suite.ts';

describeModels('duckdb', [1, 2, 3], 12);
