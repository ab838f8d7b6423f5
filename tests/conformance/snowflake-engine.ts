// Snowflake as the conformance suite asks for it: the same on the double and on an account.
import { sql } from '../../src/sql/fragment.ts';
import type { Engine } from './harness.ts';

/** What the engine has no word for, and its own spelling of types and values. */
export const snowflakeEngine: Omit<Engine, 'open' | 'close'> = {
  name: 'snowflake',
  lacks: [
    'keys',
    'checks',
    'intervals',
    'infinite moments',
    'narrow integers',
    'returning',
    'counted copies',
    'frozen jobs',
    'reading',
  ],
  exactValues: [
    ['cast(2147483647 as integer)', 2_147_483_647],
    ['cast(2147483648 as integer)', '2147483648'],
    ['cast(12 as number(12,0))', '12'],
    ['cast(9223372036854775807 as bigint)', '9223372036854775807'],
    [
      `cast('99999999999999999999999999999999999999' as number(38,0))`,
      '99999999999999999999999999999999999999',
    ],
    ['cast(1.5 as number(38,10))', '1.5000000000'],
    ['cast(0.1 as float)', 0.1],
    [`cast('NaN' as float)`, Number.NaN],
    [`cast('-inf' as float)`, -Infinity],
    ['true', true],
    ['cast(null as boolean)', null],
    [`cast('2024-07-01 00:00:00.000001' as timestamp_ntz)`, '2024-07-01 00:00:00.000001'],
    [`cast('2024-07-01 00:00:00.000000001' as timestamp_ntz(9))`, '2024-07-01 00:00:00.000000001'],
    [`cast('2024-07-01 02:00:00.5+02' as timestamp_ltz)`, '2024-07-01 00:00:00.5+00'],
    [`date '2024-02-29'`, '2024-02-29'],
    [`cast('01:02:03.000004' as time)`, '01:02:03.000004'],
    [`cast('null' as varchar)`, 'null'],
    [`parse_json('{"a": 12345678901234567890, "b": null}')`, '{"a": 12345678901234567890, "b": null}'],
    [`hex_decode_binary('00ff')`, '00FF'],
    [`'é' || chr(1) || 'x'`, 'é\u0001x'],
  ],
  canonical: {
    // INTEGER is NUMBER(38,0): more than a double holds.
    'integer 42': '"42"',
    'smallint -1': '"-1"',
    // A backslash in a literal says how to read what follows it.
    [`varchar 'say "hi" \\ '`]: '"say \\"hi\\"  "',
  },
  literals: {
    bigint: ['9223372036854775807', '-9223372036854775808'],
    'number(38,0)': [`'99999999999999999999999999999999999999'`],
    'number(9,0)': ['-123456789'],
    'number(38,10)': [`'-1234567890123456789012345678.0123456789'`, '0'],
    float: ['0.1', '1e308', '5e-324', `'-0.0'`, `'NaN'`, `'inf'`, '123456789012345680'],
    boolean: ['true', 'false'],
    varchar: [`''`, `'null'`, `'{"a":1}'`, `'a"b\\\\c'`, `'tab' || chr(9) || chr(10) || chr(1)`, `'😀'`],
    'varchar(3)': [`'é"x'`],
    binary: [`hex_decode_binary('')`, `hex_decode_binary('00ff22')`],
    date: [`'0001-01-01'`, `'9999-12-31'`],
    timestamp_ntz: [`'0001-01-01'`, `'9999-12-31 23:59:59.999999'`],
    'timestamp_ntz(9)': [`'2024-01-01 00:00:00.000000002'`],
    timestamp_ltz: [`'2024-01-01 00:00:00.000001+00'`, `'9999-12-31 23:59:59.999999+00'`],
    time: [`'23:59:59.999999'`, `'00:00:00'`, `'12:34:00'`],
  },
  endless: sql`select system$wait(3600)`,
  types: {
    bigint: 'bigint',
    double: 'float',
    decimal: 'number(38,10)',
    text: 'varchar',
    instant: 'timestamp_ltz',
    binary: 'binary',
  },
  fromMicroseconds: (count) => sql`to_timestamp_ltz(${count}, 6)`,
  fromHex: (hex) => sql`hex_decode_binary(${hex})`,
};
