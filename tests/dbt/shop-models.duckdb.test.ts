import { describeShopModels } from './shop-models-suite.ts';

describeShopModels('duckdb', 21, 5);
