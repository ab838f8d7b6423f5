// See older-versions-suite.ts.
import { describeOlderVersions } from './older-versions-suite.ts';

describeOlderVersions('postgres');
