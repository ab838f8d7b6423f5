import { goingBack } from './upgrade-suite.ts';

goingBack('duckdb');
