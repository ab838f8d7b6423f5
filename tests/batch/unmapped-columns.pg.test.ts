// Columns of a target that belong to whoever built it, on Postgres.
import { describeUnmappedColumns } from './unmapped-columns-suite.ts';

describeUnmappedColumns('postgres');
