// Random histories of the sample shop on Postgres.
import { describeShopHistories } from './shop-history.ts';

describeShopHistories('postgres', 'tests/property/shop-history.pg.test.ts');
