// Mapping tests over logs on Postgres.
import { describeMappingTestsOfLogs } from './mapping-tests-logs-suite.ts';

describeMappingTestsOfLogs('postgres');
