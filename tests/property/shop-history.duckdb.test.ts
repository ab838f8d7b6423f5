// Random histories of the sample shop on DuckDB.
import { describeShopHistories } from './shop-history.ts';

describeShopHistories('duckdb', 'tests/property/shop-history.duckdb.test.ts');
