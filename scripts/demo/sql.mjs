// node scripts/demo/sql.mjs "SQL": runs a statement on the playground's database, to change staging by hand.
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { root } from '../setup/program.mjs';

const sql = process.argv[2];
if (sql === undefined) {
  console.error('usage: node scripts/demo/sql.mjs "SQL"');
  process.exitCode = 2;
} else {
  const instance = await DuckDBInstance.create(join(root, 'playground/shop.duckdb'));
  const connection = await instance.connect();
  try {
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    console.table(rows);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
