// See dbt-snapshot-suite.ts.
import { describeDbtSnapshots } from './dbt-snapshot-suite.ts';

describeDbtSnapshots('postgres');
