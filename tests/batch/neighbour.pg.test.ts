// See neighbour-suite.ts.
import { describeNeighbour } from './neighbour-suite.ts';

describeNeighbour('postgres');
