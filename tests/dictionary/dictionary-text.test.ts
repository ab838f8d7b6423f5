// A dictionary that is kept as text is read back as what it was, places included; what cannot be kept says so.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dictionary } from '../../src/dictionary/dictionary.ts';
import { dictionaryText, readDictionaryText } from '../../src/dictionary/dictionary-text.ts';
import { parseDictionary } from '../../src/dictionary/parse.ts';
import { resolveDictionary } from '../../src/dictionary/resolve.ts';
import type { FileText } from '../../src/project/document.ts';
import { project } from './shop.ts';

const read = (files: readonly FileText[]): Dictionary => {
  const { raw, problems } = parseDictionary(files);
  const resolved = resolveDictionary(raw, project, undefined);
  expect([...problems, ...resolved.problems]).toEqual([]);
  return resolved.dictionary;
};

const again = (files: readonly FileText[]): { readonly was: Dictionary; readonly is: Dictionary } => {
  const was = read(files);
  return { was, is: readDictionaryText(dictionaryText(was, files), files) };
};

const shopFiles = (): readonly FileText[] => {
  const folder = new URL('../../mappings/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ file: `mappings/${name}`, text: readFileSync(new URL(name, folder), 'utf8') }));
};

const logFiles: readonly FileText[] = [
  {
    file: 'sources.yml',
    text: `sources:\r
  customers:\r
    table: staging.raw_changes\r
    detect: log\r
    full_compare: never\r
    key: customer_id\r
    op: { column: operation, upsert: [add], delete: [gone] }\r
    after: after\r
    types: { customer_id: bigint, name: varchar, seen: { type: timestamp, epoch: ms } }\r
    sequence: [seq]\r
    arrival: seq\r
    time: ts_ms\r
  plain: { key: [a, { column: b, nullable: true }], renamed: { name: title }, deletes: never, where: plain.x > 1 }\r
`,
  },
  {
    file: 'scd.yml',
    text: `target: scd
key: id
from: customers
columns:
  id: customers.customer_id
  name: >-
    upper(
    customers.name)
  "näme": customers."Ödd name"
history: { track: [name] }
checks: { none: select * from scd where id < 0 }
`,
  },
  {
    file: 'totals.yml',
    text: `target: totals
key: a
from: plain
columns: { a: plain.a, state: "'here'", n: "count(plain.x) filter (where plain.y > 0) + 1" }
on_delete: { set: { state: gone } }
`,
  },
];

describe('a dictionary as text', () => {
  it('is the same dictionary again: the sample shop', () => {
    const { was, is } = again(shopFiles());
    expect(is).toEqual(was);
    expect(is.targets.length).toBeGreaterThan(10);
  });

  it('with maps, sets, endless durations and places of odd files', () => {
    const { was, is } = again(logFiles);
    expect(is).toEqual(was);
    expect(is.sources[0]).toMatchObject({ fullCompareMs: Number.POSITIVE_INFINITY });
    const name = is.targets.find((target) => target.name === 'scd')?.columns[1];
    expect(name?.expression.at).toMatchObject({ file: 'scd.yml', line: 7, source: '    upper(' });
  });

  it('is refused where a value would mean something else', () => {
    const dictionary = read(logFiles);
    const [first, ...rest] = dictionary.targets;
    if (first === undefined) throw new Error('no target');
    const odd = { ...first, onDelete: { kind: 'set' as const, values: { '~map': 1 } } };
    expect(() => dictionaryText({ ...dictionary, targets: [odd, ...rest] }, logFiles)).toThrow(RangeError);
    expect(() => dictionaryText(dictionary, [])).toThrow(RangeError);
  });
});
