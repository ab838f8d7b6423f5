// A few changed rows of an image table, as JSON, for people to look at.
import type { Dialect } from '../sql/dialect.ts';
import { commas, id, sql, table, type Fragment } from '../sql/fragment.ts';
import { afterName, beforeName, keyName, type ImageTable, type Operation } from '../sql/images.ts';
import { jsonObject, type JsonMember } from '../sql/json.ts';
import { readable, type Values } from '../sql/readable.ts';

export interface Sample {
  readonly operation: Operation;
  readonly key: Readonly<Record<string, unknown>>;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export interface SampleRow {
  readonly op: Operation;
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Of updated rows only the columns that differ; updates first, in the order of their keys. */
export const sampleImages = (dialect: Dialect, images: ImageTable, limit: number): Fragment => {
  const side = (name: (column: string) => string): Fragment => {
    const members = images.columns.map((column): JsonMember => {
      const differs = dialect.differs(
        id('i', beforeName(images, column.name)),
        id('i', afterName(images, column.name)),
        column.type,
      );
      return {
        name: column.name,
        value: dialect.jsonValue(id('i', name(column.name)), column.type),
        when: sql`(i.op <> 'U' or ${differs})`,
      };
    });
    return jsonObject(members);
  };
  const key = images.key.map((column) => ({
    name: column.name,
    value: dialect.jsonValue(id('i', keyName(images, column.name)), column.type),
  }));
  const order = images.key.map((column) => id('i', keyName(images, column.name)));
  return sql`select i.op, ${jsonObject(key)} as key,
  case when i.op <> 'I' then ${side((name) => beforeName(images, name))} end as before,
  case when i.op <> 'D' then ${side((name) => afterName(images, name))} end as after
from ${table(images.table)} as i order by case i.op when 'U' then 0 when 'I' then 1 else 2 end, ${commas(order)} limit ${sql.lit(limit)}`;
};

export const readSample = (row: SampleRow, images: ImageTable): Sample => {
  const parse = (text: string): Values =>
    readable(JSON.parse(text) as Values, [...images.key, ...images.columns]);
  return {
    operation: row.op,
    key: parse(row.key),
    before: row.before === null ? null : parse(row.before),
    after: row.after === null ? null : parse(row.after),
  };
};
