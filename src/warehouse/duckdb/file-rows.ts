// Files as DuckDB reads them: each row as an object of texts, with its number.
import { sql, type Fragment } from '../../sql/fragment.ts';

export const duckDbFileRows = (path: string, format: 'csv' | 'json' | 'parquet'): Fragment => {
  const file = sql.lit(path);
  switch (format) {
    case 'csv':
      // An empty cell is NULL, a quoted one a text. Without `skip` rows of another length would be passed over.
      return sql`select row_number() over (), to_json(r) from read_csv(${file}, header = true, all_varchar = true, skip = 0, delim = ',', quote = '"', escape = '"', comment = '', nullstr = '', allow_quoted_nulls = false) as r`;
    case 'json':
      return sql`select row_number() over (), r.json from read_json_objects(${file}) as r`;
    case 'parquet':
      return sql`select row_number() over (), to_json(r) from (select cast(columns(*) as varchar) from read_parquet(${file})) as r`;
  }
};
