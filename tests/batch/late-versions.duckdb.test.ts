// See late-versions-suite.ts.
import { describeLateVersions } from './late-versions-suite.ts';

describeLateVersions('duckdb');
