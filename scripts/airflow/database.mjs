// node scripts/airflow/database.mjs FILE SQL: runs a statement on a DuckDB file; `--hold SECONDS` keeps the file open
// for so long instead, and says so.
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';

const [file = '', sql = '', seconds] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file);
if (sql === '--hold') {
  console.log('held');
  await sleep(Number(seconds) * 1000);
} else {
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
}
instance.closeSync();
