// Expressions: which columns they read, what stays SQL, and that valid SQL raises no alarm.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalitiesOf } from '../../src/dictionary/conjuncts.ts';
import { compileExpression } from '../../src/dictionary/expression.ts';
import type { Compiled } from '../../src/dictionary/expression.ts';
import { tokenize } from '../../src/dictionary/lexer.ts';
import type { Scope } from '../../src/dictionary/scope.ts';
import type { Problem } from '../../src/errors/tidemark-error.ts';
import type { Scalar } from '../../src/project/document.ts';
import { columnOfText, show } from './shop.ts';

const columns = [
  'id bigint',
  'name varchar',
  'Web Site varchar',
  'data json',
  'date date',
  'tags varchar[]',
].map(columnOfText);
const relation = (name: string) => ({ name, shown: `staging.${name}`, columns, leftOut: new Set<string>() });

const scope: Scope = {
  aliases: new Map([
    ['a', relation('a')],
    ['b', relation('b')],
  ]),
  relations: new Set(['a', 'b']),
};

const scalar = (text: string): Scalar => {
  const within = (offset: number, length: number) => ({
    file: 'x.yml',
    line: 1,
    column: offset + 1,
    length,
    source: text,
  });
  return { kind: 'scalar', value: text, text, flow: false, within, at: within(0, Math.max(1, text.length)) };
};

const compile = (
  text: string,
  within: Scope = scope,
): { readonly compiled: Compiled | undefined; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = [];
  return { compiled: compileExpression(scalar(text), within, (problem) => problems.push(problem)), problems };
};

describe('an expression', () => {
  it.each([
    ['a.id', '«a.id»'],
    ['A.ID', '«a.id»'],
    ['"a"."Web Site"', '«a.Web Site»'],
    ['a . name', '«a.name»'],
    ["coalesce(a.name, 'b.name')", "coalesce(«a.name», 'b.name')"],
    ["'it''s a.name' || a.name", "'it''s a.name' || «a.name»"],
    ['$$a.name$$ || a.name || $x$ b.id $$ $x$', '$$a.name$$ || «a.name» || $x$ b.id $$ $x$'],
    ['a.name /* a.id /* nested */ */ || b.name', '«a.name» /* a.id /* nested */ */ || «b.name»'],
    ['a.name -- a.id\n|| b.name', '«a.name» -- a.id\n|| «b.name»'],
    ["a.name = E'\\' a.id'", "«a.name» = E'\\' a.id'"],
    ['a.data.field', '«a.data».field'],
    ['a.data.field.upper()', '«a.data».field.upper()'],
    ["a.data -> 'x' ->> 'y'", "«a.data» -> 'x' ->> 'y'"],
    ['main.clean(a.name)', 'main.clean(«a.name»)'],
    ['1.5e3 + .5 + a.id', '1.5e3 + .5 + «a.id»'],
  ])('%s', (text, expected) => {
    const { compiled, problems } = compile(text);
    expect(problems).toEqual([]);
    expect(show(compiled?.expression)).toBe(expected);
    expect(compiled?.expression.text).toBe(text);
  });

  it.each([
    "case when a.name is null or a.id in (1, 2) then 'x' else null end",
    'cast(a.id as decimal(10, 2))',
    'cast(a.name as my_schema.mood)',
    'a.name::varchar(80)::my_type',
    "a.date at time zone 'Europe/Oslo'",
    'extract(year from a.date)',
    "date '2020-01-01' + interval '1 day'",
    "trim(both ' ' from a.name)",
    'substring(a.name from 1 for 3)',
    'a.name is distinct from b.name',
    "a.name not like 'x%' escape '!'",
    'a.name collate "de_DE" < b.name collate nocase',
    'a.id between 1 and 10 and not (a.id = 3)',
    "list_transform(a.tags, x -> x || 'y')",
    'list_transform(a.tags, lambda x: x || 1)',
    '[x for x in a.tags]',
    'struct_pack(key := a.id, other := a.name)',
    'make_interval(days => a.id)',
    "{'k': a.id}",
    '{k: a.id}',
    'a.tags[1:2]',
    'try_cast(a.name as double precision)',
    "a.name similar to '(x|y)'",
    "timestamp with time zone '2020-01-01 00:00:00Z'",
    'true',
    'null',
    'array[a.id, 1]',
    "a.data @> '{}'::jsonb",
    'left(a.name, 3)',
  ])('raises no alarm: %s', (text) => {
    expect(compile(text).problems).toEqual([]);
  });

  it('an unqualified `name` or `date` where a value is expected is a column', () => {
    expect(compile('upper(name)').problems.map(({ code }) => code)).toEqual(['unqualified_column']);
    expect(compile('coalesce(a.date, date)').problems.map(({ code }) => code)).toEqual([
      'unqualified_column',
    ]);
  });

  it('of one table may leave the alias out', () => {
    const own = { ...scope, aliases: new Map([['a', relation('a')]]), implicit: 'a' };
    expect(show(compile("name = 'x' and date is null", own).compiled?.expression)).toBe(
      "«a.name» = 'x' and «a.date» is null",
    );
  });
});

describe('surrogate_key', () => {
  it.each([
    [
      'surrogate_key(a.id)',
      "md5(cast(coalesce(cast(«a.id» as text), '_dbt_utils_surrogate_key_null_') as text))",
    ],
    [
      'Surrogate_Key ( a.id , coalesce(b.name, a.name) )',
      "md5(cast(coalesce(cast(«a.id» as text), '_dbt_utils_surrogate_key_null_') || '-' || " +
        "coalesce(cast(coalesce(«b.name», «a.name») as text), '_dbt_utils_surrogate_key_null_') as text))",
    ],
    [
      "'k' || surrogate_key(a.id) || a.name",
      "'k' || md5(cast(coalesce(cast(«a.id» as text), '_dbt_utils_surrogate_key_null_') as text)) || «a.name»",
    ],
  ])('%s is the hash of dbt_utils', (text, expected) => {
    const { compiled, problems } = compile(text);
    expect(problems).toEqual([]);
    expect(show(compiled?.expression)).toBe(expected);
  });
});

describe('equalities of a condition for `b`', () => {
  const equalities = (text: string): readonly string[] => {
    const { compiled, problems } = compile(text);
    expect(problems).toEqual([]);
    return compiled === undefined
      ? []
      : equalitiesOf(compiled, scalar(text), 'b').map(({ own, other }) => `${own} = ${show(other)}`);
  };

  it.each<[string, readonly string[]]>([
    ['a.id = b.id', ['id = «a.id»']],
    ['b.id = a.id', ['id = «a.id»']],
    ["b.id = a.id and b.name = upper(a.name) and b.data = 'x'", ['id = «a.id»', 'name = upper(«a.name»)']],
    ['(a.id = b.id and (b.name = a.name))', ['id = «a.id»', 'name = «a.name»']],
    ['b.id = a.id + 1 and b.date >= a.date', ['id = «a.id» + 1']],
    ['b.id = a.id or b.name = a.name', []],
    ['b.id = a.id and b.date between a.date and a.date', []],
    ['case when a.id = 1 then b.id = a.id end', []],
    ['not b.id = a.id', []],
    ['b.id + 1 = a.id', []],
    ['b.id = a.id + b.id', []],
    ['b.id = a.id = b.name', []],
    ['b.id ~= a.id', []],
    ['b.id is not distinct from a.id', []],
    ["b.name = 'x'", []],
    ['a.id = a.id', []],
    ['b.id = (a.id = 1 or a.id = 2)', ['id = («a.id» = 1 or «a.id» = 2)']],
    [
      'b.id = surrogate_key(a.id)',
      ["id = md5(cast(coalesce(cast(«a.id» as text), '_dbt_utils_surrogate_key_null_') as text))"],
    ],
  ])('%s', (text, expected) => {
    expect(equalities(text)).toEqual(expected);
  });

  it('keep the text and the place of the other side', () => {
    const text = 'b.id =  upper(a.name) ';
    const { compiled } = compile(text);
    const [equality] = compiled === undefined ? [] : equalitiesOf(compiled, scalar(text), 'b');
    expect(equality?.other).toMatchObject({ text: 'upper(a.name)', at: { column: 9, length: 13 } });
  });
});

const sqlText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a.id',
        'b."Web Site"',
        "'",
        '"',
        '$$',
        '$x$',
        '--',
        '/*',
        '*/',
        '(',
        ')',
        '[',
        ']',
        '.',
        ',',
        ';',
        ' ',
        '\n',
        '::',
        '->',
        '=',
        'and',
        'surrogate_key(',
        'case',
        "E'",
        '\\',
        '\u{1f980}',
        'é',
        '1.5e',
        '\ud83e',
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 24 },
  )
  .map((pieces) => pieces.join(''));

describe('for any text', () => {
  it('the tokens joined are the text, each where it says', () => {
    fc.assert(
      fc.property(sqlText, (text) => {
        const tokens = tokenize(text);
        expect(tokens.map((token) => token.text).join('')).toBe(text);
        for (const token of tokens) expect(text.startsWith(token.text, token.start)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('compiling answers with parts or with a problem, and never throws', () => {
    fc.assert(
      fc.property(sqlText, (text) => {
        const { compiled, problems } = compile(text);
        expect(compiled === undefined).toBe(problems.length > 0);
        if (compiled !== undefined) equalitiesOf(compiled, scalar(text), 'b');
        // What surrogate_key becomes stands for the whole call.
        const copied = text.toLowerCase().includes('surrogate_key') ? undefined : compiled?.pieces;
        const joined = copied?.map(({ start, end }) => text.slice(start, end)).join('');
        expect(joined ?? text).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});
