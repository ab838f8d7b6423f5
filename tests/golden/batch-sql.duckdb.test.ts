import { goldenBatch } from './batch-sql.ts';

goldenBatch('duckdb');
