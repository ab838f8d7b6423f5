// What `impact` names, and what changes, on Postgres.
import { describeImpactProperties } from './impact.ts';

describeImpactProperties('postgres', 'tests/property/impact.pg.test.ts');
