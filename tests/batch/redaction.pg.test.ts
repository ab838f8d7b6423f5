// Redacted columns on Postgres.
import { describeRedaction } from './redaction-suite.ts';

describeRedaction('postgres');
