import { describeInit } from './init-suite.ts';

describeInit('postgres');
