import { hostileWords } from './hostile-suite.ts';

hostileWords('postgres');
