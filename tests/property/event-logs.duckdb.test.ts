// Random logs of events, in any order, as histories on duckdb. See event-logs.ts.
import { describeEventLogs } from './event-logs.ts';

describeEventLogs('duckdb', 'tests/property/event-logs.duckdb.test.ts');
