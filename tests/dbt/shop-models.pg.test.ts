import { describeShopModels } from './shop-models-suite.ts';

describeShopModels('postgres', 22, 4);
