// Reconcile in parts, on postgres: see parts-suite.ts.
import { describeParts } from './parts-suite.ts';

describeParts('postgres');
