// See dbt-nodes-suite.ts.
import { describeDbtNodes } from './dbt-nodes-suite.ts';

describeDbtNodes('duckdb');
