// Reconcile in parts, on duckdb: see parts-suite.ts.
import { describeParts } from './parts-suite.ts';

describeParts('duckdb');
