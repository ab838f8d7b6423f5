import { lags } from './lag-suite.ts';

lags('duckdb');
