// The conformance suite on DuckDB, and what only a file of one process can show.
import { duckDbFile } from '../support/duckdb-file.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { sql } from '../../src/sql/fragment.ts';
import { conformance } from './cases.ts';

// Not shop.duckdb: a schema must not be called like the file it lies in.
const file = duckDbFile('conformance.duckdb');

conformance({
  name: 'duckdb',
  open: () => openWarehouse({ type: 'duckdb', path: file.path }, { create: true }),
  close: async () => {
    file.remove();
  },
  exactValues: [
    ['cast(127 as tinyint)', 127],
    ['cast(4294967295 as uinteger)', 4_294_967_295],
    ['cast(9223372036854775807 as bigint)', '9223372036854775807'],
    ['cast(18446744073709551615 as ubigint)', '18446744073709551615'],
    ['cast(170141183460469231731687303715884105727 as hugeint)', '170141183460469231731687303715884105727'],
    ['cast(0.1 as double)', 0.1],
    [`cast('NaN' as double)`, Number.NaN],
    [`cast('-Infinity' as double)`, -Infinity],
    ['cast(1.5 as decimal(38,10))', '1.5000000000'],
    ['true', true],
    ['cast(null as boolean)', null],
    [`cast('2024-07-01 00:00:00.000001' as timestamp)`, '2024-07-01 00:00:00.000001'],
    [`cast('2024-07-01 02:00:00.5+02' as timestamptz)`, '2024-07-01 00:00:00.5+00'],
    [`cast('infinity' as timestamptz)`, 'infinity'],
    [`date '2024-02-29'`, '2024-02-29'],
    [`time '01:02:03.000004'`, '01:02:03.000004'],
    [`interval '1 month -2 days 3 microseconds'`, '1 month -2 days 00:00:00.000003'],
    [`'{"a": 1}'::json`, '{"a": 1}'],
    [`unhex('00ff')`, '\\x00\\xFF'],
    [`uuid '00000000-0000-0000-0000-00000000000a'`, '00000000-0000-0000-0000-00000000000a'],
    [`'é' || chr(0) || 'x'`, 'é\0x'],
  ],
  literals: {
    tinyint: ['-128', '127'],
    uinteger: ['4294967295'],
    bigint: ['9223372036854775807', '-9223372036854775808'],
    ubigint: ['18446744073709551615'],
    hugeint: ['170141183460469231731687303715884105727'],
    'decimal(38,10)': ['-1234567890123456789012345678.0123456789', '0'],
    float: ['0.1', '3.4e38', `'NaN'`, `'-inf'`, '1e-45'],
    double: ['0.1', '1e308', '5e-324', `'-0.0'`, `'NaN'`, `'inf'`, '123456789012345680'],
    boolean: ['true', 'false'],
    varchar: [
      `''`,
      `'null'`,
      `'{"a":1}'`,
      `'a"b\\c'`,
      `'tab' || chr(9) || chr(10) || chr(1)`,
      `'x' || chr(0) || 'y'`,
      `'😀'`,
    ],
    blob: [`unhex('')`, `unhex('00ff22')`],
    date: [`'0001-01-01'`, `'9999-12-31'`, `'-infinity'`, `'12024-01-01'`, `'0044-03-15 (BC)'`],
    timestamp: [
      `'0001-01-01'`,
      `'9999-12-31 23:59:59.999999'`,
      `'infinity'`,
      `'0044-03-15 (BC) 10:00:00'`,
      `'12024-01-01'`,
    ],
    timestamp_s: [`'2024-01-01 00:00:01'`],
    timestamp_ms: [`'2024-01-01 00:00:01.002'`],
    timestamp_ns: [`'2024-01-01 00:00:01.000000002'`],
    timestamptz: [
      `'2024-01-01 00:00:00.000001+00'`,
      `'-infinity'`,
      `'0044-03-15 (BC) 10:00:00+00'`,
      `'9999-12-31 23:59:59.999999+00'`,
    ],
    time: [`'23:59:59.999999'`, `'00:00:00'`],
    timetz: [`'12:00:00+05:30'`],
    interval: [`interval '1 month -2 days 3 microseconds'`, `interval '0 days'`],
    uuid: [`'00000000-0000-0000-0000-00000000000a'`],
    bit: [`'101'`, `'0'`],
    json: [`'{"b": 1, "a": [1.0, null]}'`, `'null'`, `'"text"'`, `'1e400'`],
    'integer[]': ['[1, null, 3]', '[]'],
    'varchar[]': [`['a,b', null, 'null', '"q"', ''' ]', '']`],
    'struct(a varchar, "b c" integer)': [`{'a': 'x, b: 2', 'b c': null}`],
    'map(varchar, integer)': [`map {'a': 1, 'b=': 2}`],
    [`enum('low', 'high "x"')`]: [`'low'`, `'high "x"'`],
  },
  endless: sql`select count(*) from range(1000000) a, range(1000000) b where hash(a.range, b.range) = 1`,
  types: {
    bigint: 'bigint',
    double: 'double',
    decimal: 'decimal(38,10)',
    text: 'varchar',
    instant: 'timestamp with time zone',
    binary: 'blob',
  },
  fromMicroseconds: (count) => sql`make_timestamptz(${count})`,
  fromHex: (hex) => sql`unhex(${hex})`,
});
