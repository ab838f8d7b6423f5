// Whatever line somebody puts anywhere among lines of ours: taking ours out loses, moves and breaks nothing of his, or
// the file stays as it is.
import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { describeIn } from '../../src/dbt/docs/describe-columns.ts';
import type { DocumentedTarget } from '../../src/dbt/docs/documented.ts';
import { takenOut } from '../../src/dbt/docs/taken-out.ts';

const target: DocumentedTarget = {
  name: 'm',
  node: { id: 'model.shop.m', kind: 'model', name: 'm', package: 'shop', reads: [], file: 'm.sql' },
  columns: ['a', 'b'].map((name) => ({
    name,
    from: [`s.${name}`],
    expression: undefined,
    description: `ours of ${name}`,
  })),
  reads: [],
  mapping: 'm.yml',
  description: undefined,
  owner: undefined,
};

const texts = [
  'models:\n  - name: m\n',
  'models:\n- name: m\n  columns:\n  - name: a\n    data_tests: [unique]\n  - name: z\n    description: |\n      of\n      theirs\n- name: n\n',
];

const theirs = ['data_tests: [not_null]', '- name: mine', '- mine', 'x: |'];

/** None where it cannot be read, or where a key stands twice: the last would win, and it may be ours. */
const valueOf = (text: string): unknown => {
  const document = parseDocument(text, { logLevel: 'silent' });
  return document.errors.length > 0 ? undefined : document.toJS();
};

/** Each value with where it stands: of the items of a list by their names. */
const factsOf = (value: unknown, place: string): readonly string[] => {
  if (Array.isArray(value))
    return value.flatMap((item: unknown) => {
      const name = typeof item === 'object' && item !== null && 'name' in item ? String(item.name) : '-';
      return factsOf(item, `${place}/${name}`);
    });
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, each]) => factsOf(each, `${place}.${key}`));
  return [`${place}=${JSON.stringify(value)}`];
};

/** Without what says ours, and names that are ours in one place and theirs in another. */
const theirFacts = (value: unknown): readonly string[] =>
  factsOf(value, '').filter((fact) => !/tidemark|ours of|\/[ab]\.name=|=null$/.test(fact));

type Verdict = 'kept' | 'taken' | 'unreadable' | 'harmed';

const judge = (given: string): Verdict => {
  const out = takenOut(given);
  const anew = describeIn(given, [target], 'config').text;
  if (out.kept !== undefined) return out.text === given && anew === given ? 'kept' : 'harmed';
  const value = valueOf(given);
  if (value === undefined) return 'unreadable';
  const facts = [value, valueOf(out.text), valueOf(anew)].map((each) => theirFacts(each).join('\n'));
  return new Set(facts).size === 1 ? 'taken' : 'harmed';
};

it.for(texts)('a line put anywhere among ours hangs where it hung: %j', (text) => {
  const written = describeIn(text, [target], 'config').text.split('\n');
  const verdicts = written.flatMap((_, at) =>
    theirs.flatMap((line) =>
      [2, 4, 8].map((indent): readonly [Verdict, string] => {
        const given = [...written.slice(0, at), ' '.repeat(indent) + line, ...written.slice(at)].join('\n');
        return [judge(given), given];
      }),
    ),
  );
  const of = (wanted: Verdict) => verdicts.flatMap(([verdict, given]) => (verdict === wanted ? [given] : []));
  expect(of('harmed')).toEqual([]);
  expect(Math.min(of('kept').length, of('taken').length)).toBeGreaterThan(5);
});
