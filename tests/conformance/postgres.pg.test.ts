// The conformance suite on a Postgres server.
import { sql } from '../../src/sql/fragment.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { conformance } from './cases.ts';

let database: TestDatabase | undefined;

conformance({
  name: 'postgres',
  open: async () => {
    database = await createDatabase();
    return openWarehouse({ type: 'postgres', url: database.url });
  },
  close: async () => {
    await database?.drop();
  },
  exactValues: [
    ['cast(32767 as smallint)', 32_767],
    ['cast(-2147483648 as integer)', -2_147_483_648],
    ['cast(9223372036854775807 as bigint)', '9223372036854775807'],
    ['cast(0.1 as double precision)', 0.1],
    ['cast(0.1 as real)', 0.1],
    [`cast('NaN' as double precision)`, Number.NaN],
    [`cast('-Infinity' as double precision)`, -Infinity],
    ['cast(1.5 as numeric(40,10))', '1.5000000000'],
    [`cast('NaN' as numeric)`, 'NaN'],
    ['true', true],
    ['cast(null as boolean)', null],
    [`cast('2024-07-01 00:00:00.000001' as timestamp)`, '2024-07-01 00:00:00.000001'],
    [`cast('2024-07-01 02:00:00.5+02' as timestamptz)`, '2024-07-01 00:00:00.5+00'],
    [`cast('infinity' as timestamptz)`, 'infinity'],
    [`date '2024-02-29'`, '2024-02-29'],
    [`interval '1 month -2 days 3 microseconds'`, '1 mon -2 days +00:00:00.000003'],
    [`cast('{"b": 1, "a": 2}' as json)`, '{"b": 1, "a": 2}'],
    [`cast('{"b":1}' as jsonb)`, '{"b": 1}'],
    [`decode('00ff', 'hex')`, '\\x00ff'],
    [`array[1, null]`, '{1,NULL}'],
  ],
  literals: {
    smallint: ['-32768'],
    bigint: ['9223372036854775807', '-9223372036854775808'],
    numeric: [`'1e-400'`, `'NaN'`, `'Infinity'`, '1.500', '123456789012345678901234567890.1'],
    'numeric(12,4)': ['1.5', '-99999999.9999'],
    real: ['0.1', `'3.4e38'`, `'NaN'`, `'1e-45'`],
    'double precision': ['0.1', `'1e308'`, `'5e-324'`, `'-0'`, `'NaN'`, `'Infinity'`, '123456789012345680'],
    boolean: ['true', 'false'],
    text: [`''`, `'null'`, `'{"a":1}'`, `'a"b\\c'`, `E'tab\\t\\n\\x01'`, `'😀'`],
    'varchar(3)': [`'abc'`, `'  '`],
    'char(5)': [`'ab'`, `''`],
    'bit(3)': [`'101'`],
    'bit varying(5)': [`'1'`, `''`],
    bytea: [`''`, `'\\x00ff22'`],
    date: [`'0001-01-01'`, `'9999-12-31'`, `'-infinity'`, `'12024-01-01'`, `'0044-03-15 BC'`],
    timestamp: [
      `'0001-01-01'`,
      `'9999-12-31 23:59:59.999999'`,
      `'infinity'`,
      `'0044-03-15 10:00:00 BC'`,
      `'12024-01-01'`,
    ],
    'timestamp(3) with time zone': [
      `'2024-01-01 00:00:00.001+00'`,
      `'-infinity'`,
      `'0044-03-15 10:00:00+00 BC'`,
    ],
    time: [`'23:59:59.999999'`, `'24:00:00'`],
    'time(2) with time zone': [`'12:00:00.01+05:30'`],
    interval: [`'1 month -2 days 3 microseconds'`, `'-1 year'`, `'0'`],
    'interval day to second(3)': [`'1 day 00:00:00.001'`],
    uuid: [`'00000000-0000-0000-0000-00000000000a'`],
    json: [`'{"b": 1, "a":  [1.0, null]}'`, `'null'`, `'"text"'`, `'1e400'`],
    jsonb: [`'{"b": 1.00, "a": "x"}'`, `'null'`],
    xml: [`'<a>1</a>'`],
    'integer[]': [`'{1,NULL,3}'`, `'{}'`, `'{{1,2},{3,4}}'`],
    'varchar(5)[]': [`array['a,b', null, 'null', '"q"', '']`],
    point: [`'(0.1,2)'`],
    box: [`'(2,2),(0,0)'`],
    path: [`'((0,0),(1,1))'`],
    circle: [`'<(1,2),3>'`],
    inet: [`'10.0.0.1/24'`],
    int4range: [`'[1,5)'`, `'empty'`],
    tsvector: [`'fat:2 cat:3'`],
    money: [`'12.34'`],
    '"char"': [`'a'`],
    name: [`'some_name'`],
    oid: ['4294967295'],
  },
  endless: sql`select count(*) from generate_series(1, 100000000) a, generate_series(1, 100000) b`,
  types: {
    bigint: 'bigint',
    double: 'double precision',
    decimal: 'numeric(38,10)',
    text: 'text',
    instant: 'timestamp with time zone',
    binary: 'bytea',
  },
  fromMicroseconds: (count) =>
    sql`timestamp with time zone '1970-01-01 00:00:00+00' + ${count} * interval '1 microsecond'`,
  fromHex: (hex) => sql`decode(${hex}, 'hex')`,
});
