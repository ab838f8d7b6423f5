import { lags } from './lag-suite.ts';

lags('postgres');
