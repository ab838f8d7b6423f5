// Random logs of events, in any order, as histories on postgres. See event-logs.ts.
import { describeEventLogs } from './event-logs.ts';

describeEventLogs('postgres', 'tests/property/event-logs.pg.test.ts');
