import { goingBack } from './upgrade-suite.ts';

goingBack('postgres');
