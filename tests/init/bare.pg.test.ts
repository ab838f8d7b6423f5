import { describeBare } from './bare-suite.ts';

describeBare('postgres');
