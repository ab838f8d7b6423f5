// Rows that are gone from staging, on Postgres.
import { describeDeleted } from './deleted-suite.ts';

describeDeleted('postgres');
