// The `tests` of a target as written: given, when, expect.
import type { Entry, Value } from '../../project/document.ts';
import { distinct, entriesAt, fieldsOf, found, required, textAt } from '../../project/fields.ts';
import type { Fields } from '../../project/fields.ts';
import { problem, wrongType } from '../../project/problems.ts';
import type { Report } from '../../project/problems.ts';
import type { MappingTest, TestCell, TestRow, TestRows, TestStep } from './mapping-test.ts';

export const testsAt = (fields: Fields): readonly MappingTest[] => {
  const value = fields.get('tests')?.value;
  if (value === undefined) return [];
  if (value.kind !== 'list') {
    fields.report(wrongType(value.at, 'tests', 'a list of tests', found(value)));
    return [];
  }
  const tests = value.items.flatMap((item) => readTest(item, fields.report) ?? []);
  const first = new Map<string, MappingTest>();
  for (const test of tests) {
    const before = first.get(test.name.text);
    if (before === undefined) first.set(test.name.text, test);
    else {
      const line = before.name.at.line;
      fields.report(
        problem(
          'duplicate_name',
          test.name.at,
          `two tests are called \`${test.name.text}\``,
          `the first is in line ${line}`,
        ),
      );
    }
  }
  return tests;
};

const testKeys = { known: ['name', 'given', 'when', 'expect'] };

const readTest = (value: Value, report: Report): MappingTest | undefined => {
  const fields = fieldsOf(value, 'the test', testKeys, report);
  required(fields, 'name', 'say what it shows: `name: a renamed company renames its vendor`');
  required(fields, 'expect', 'all rows that the target must hold at the end; `[]` for none');
  const name = textAt(fields, 'name');
  const expect = fields.get('expect');
  if (name === undefined || expect === undefined) return undefined;
  return {
    name,
    given: stepAt(fields, 'given', { deletes: false }),
    when: stepsAt(fields),
    expect: rowsOf(expect, report, { deletes: false }),
  };
};

interface Wanted {
  /** `deleted: true` takes the row away. */
  readonly deletes: boolean;
}

/** One step, or a list of them. */
const stepsAt = (fields: Fields): readonly TestStep[] => {
  const entry = fields.get('when');
  if (entry === undefined) return [];
  if (entry.value.kind !== 'list') return [stepAt(fields, 'when', { deletes: true })];
  return entry.value.items.map((item) => {
    const one = { ...fields, get: () => ({ key: entry.key, value: item }) };
    return stepAt(one, 'when', { deletes: true });
  });
};

const stepAt = (fields: Fields, key: string, wanted: Wanted): TestStep =>
  entriesAt(fields, key).map((entry): TestRows => ({
    relation: entry.key,
    rows: rowsOf(entry, fields.report, wanted),
  }));

const rowsOf = ({ key, value }: Entry, report: Report, wanted: Wanted): readonly TestRow[] => {
  if (value.kind === 'list')
    return value.items.flatMap((item) => rowOf(item, key.text, report, wanted) ?? []);
  report(wrongType(value.at, key.text, 'a list of rows such as `[{ id: 1, name: Acme }]`', found(value)));
  return [];
};

const rowOf = (value: Value, owner: string, report: Report, { deletes }: Wanted): TestRow | undefined => {
  if (value.kind !== 'mapping') {
    report(wrongType(value.at, owner, 'rows such as `{ id: 1, name: Acme }`', found(value)));
    return undefined;
  }
  const entries = distinct(value.entries, report);
  const isDeletion = ({ key, value: flag }: Entry): boolean =>
    deletes && key.text === 'deleted' && flag.kind === 'scalar' && flag.text === 'true';
  return {
    cells: entries.filter((entry) => !isDeletion(entry)).map(cellOf),
    deleted: entries.some(isDeletion),
    at: value.at,
  };
};

const cellOf = ({ key, value }: Entry): TestCell => ({ column: key, text: textOf(value), at: value.at });

/** Lists and mappings are JSON, which is also how arrays and structures are read. */
const textOf = (value: Value): string | null => {
  if (value.kind !== 'scalar') return JSON.stringify(plain(value), bigintAsNumber);
  return value.value === null ? null : value.text;
};

const plain = (value: Value): unknown => {
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'list') return value.items.map(plain);
  return Object.fromEntries(value.entries.map((entry) => [entry.key.text, plain(entry.value)]));
};

const bigintAsNumber = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
};
