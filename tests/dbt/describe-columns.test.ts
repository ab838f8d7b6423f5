// Lines that are put into a file of somebody else: nothing of his changes, and all of ours can be taken away again.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describedIn, describeIn } from '../../src/dbt/docs/describe-columns.ts';
import { metaBelow, plainText, type DocumentedTarget } from '../../src/dbt/docs/documented.ts';
import { withoutOurs } from '../../src/dbt/docs/our-lines.ts';
import type { DbtNode } from '../../src/dbt/manifest.ts';

const node: DbtNode = {
  id: 'model.shop.dim_vendor',
  kind: 'model',
  name: 'dim_vendor',
  package: 'shop',
  reads: [],
  file: 'models/dim_vendor.sql',
};

const column = (name: string, from: string, expression?: string) => ({
  name,
  from: [from],
  expression,
  description: `\`${expression ?? from}\`; kept in step by Tidemark`,
});

const target: DocumentedTarget = {
  name: 'dim_vendor',
  node,
  columns: [
    column('vendor_id', 'companies.id'),
    column('country', 'countries.name', "coalesce(k.name, '-')"),
  ],
  reads: [],
  mapping: 'mappings/dim_vendor.yml',
  description: undefined,
  owner: undefined,
};

const meta = (from: string, more: Readonly<Record<string, string>> = {}) => ({
  tidemark: { from: [from], ...more, mapping: 'mappings/dim_vendor.yml' },
});

interface Column {
  readonly name: string;
  readonly description?: string;
}

const columnsOf = (text: string): readonly Column[] =>
  (parse(text) as { readonly models: readonly { readonly columns: readonly Column[] }[] }).models[0]
    ?.columns ?? [];

const wholly: readonly (readonly [string, string])[] = [
  [
    'a column that is there, one that is not, and comments',
    `version: 2

models:
  # the vendors
  - name: dim_vendor   # one row each
    description: >
      All vendors,
      one row each.
    columns:
      - name: vendor_id
        # its key
        data_tests: [unique,   not_null]
`,
  ],
  ['no columns at all, and no line break at the end', 'models:\n- name: dim_vendor\n  description: vendors'],
  ['nothing but a name', 'models:\n  - name: dim_vendor\n'],
  [
    'a meta that is there, on the node and below config',
    `models:
  - name: dim_vendor
    columns:
      - name: VENDOR_ID
        description: the number of the vendor
        meta:
          owner: sales
      - name: country
        config:
          # of sales
          meta:
            owner: sales
`,
  ],
  [
    'a config without a meta, and a text of several lines at the end',
    `models:
    - name: dim_vendor
      columns:
          - name: vendor_id
            config:
              tags: [a]
          - name: country
            description: |
              where it is

    - name: other
`,
  ],
  [
    'lines that end as on Windows',
    'models:\r\n  - name: dim_vendor\r\n    columns:\r\n      - name: vendor_id\r\n',
  ],
];

describe('lines of ours in the YAML of others', () => {
  it.for(wholly)('describe every column, and go again without a trace: %s', ([, text]) => {
    for (const place of ['config', 'node'] as const) {
      const { text: written, left } = describeIn(text, [target], place);
      expect(left).toEqual(new Map());
      const all = columnsOf(written);
      expect(all.map(({ name }) => name.toLowerCase())).toEqual(['vendor_id', 'country']);
      for (const each of all) {
        expect(each.description).toEqual(expect.any(String));
        expect(JSON.stringify(each)).toContain('"tidemark":{"from":[');
      }
      expect(describeIn(written, [target], place).text).toBe(written);
      const taken = withoutOurs(written);
      expect(taken).toBe(text);
    }
  });

  it('leave a description of theirs, and put ours where there is none', () => {
    const [, text] = wholly[3] ?? ['', ''];
    const [first, second] = columnsOf(describeIn(text, [target], 'config').text);
    expect(first).toEqual({
      name: 'VENDOR_ID',
      description: 'the number of the vendor',
      meta: { owner: 'sales', ...meta('companies.id') },
    });
    expect(second).toEqual({
      name: 'country',
      description: "`coalesce(k.name, '-')`; kept in step by Tidemark",
      config: {
        meta: { owner: 'sales', ...meta('countries.name', { expression: "coalesce(k.name, '-')" }) },
      },
    });
  });

  it('are taken away where no mapping says them any more', () => {
    const [, text] = wholly[0] ?? ['', ''];
    const written = describeIn(text, [target], 'config').text;
    expect(describeIn(written, [], 'config').text).toBe(text);
  });

  it.for([
    ['the entry stands on one line', 'models: [{ name: dim_vendor }]\n', 'it is written on one line'],
    [
      'the columns do',
      'models:\n  - name: dim_vendor\n    columns: [{ name: country }]\n',
      'it is written on one line',
    ],
    [
      'one column does',
      'models:\n  - name: dim_vendor\n    columns:\n      - { name: country }\n',
      'on one line',
    ],
    [
      'its meta does',
      'models:\n  - name: dim_vendor\n    columns:\n      - name: country\n        meta: { a: 1 }\n',
      '`meta` of `country`',
    ],
    [
      'an anchor carries it elsewhere',
      'models:\n  - name: dim_vendor\n    columns: &all\n      - name: country\n  - name: b\n    columns: *all\n',
      'anchors',
    ],
    ['it has versions', 'models:\n  - name: dim_vendor\n    versions:\n      - v: 1\n', 'it has versions'],
  ])('are left out where %s', ([, text = '', reason = '']) => {
    const described = describeIn(text, [target], 'config');
    expect(described.left.get('dim_vendor')?.join()).toContain(reason);
    expect(parse(described.text)).toBeTruthy();
    expect(withoutOurs(described.text)).toBe(text);
  });

  it('name no new column where a contract wants types', () => {
    const text =
      'models:\n  - name: dim_vendor\n    columns:\n      - name: country\n        data_type: text\n';
    const bound = { ...target, node: { ...node, hasContract: true as const } };
    const { text: written, left } = describeIn(text, [bound], 'config');
    expect(columnsOf(written).map(({ name }) => name)).toEqual(['country']);
    expect(left.get('dim_vendor')).toEqual(['its contract wants a type for each column that is named']);
  });

  it('tell models from snapshots of the same name', () => {
    expect(describedIn('models:\n  - name: a\nsnapshots:\n  - name: b\n')).toEqual(
      new Set(['models.a', 'snapshots.b']),
    );
    expect(describedIn(': no: yaml: [')).toBeUndefined();
  });
});

it('dbt takes the meta of columns below config since 1.10', () => {
  expect(['1.8.9', '1.9.0', '1.10.0', '1.12.0', '2.0.0', ''].map(metaBelow)).toEqual([
    'node',
    'node',
    'config',
    'config',
    'config',
    'node',
  ]);
});

it('what dbt would render as Jinja is no Jinja any more', () => {
  expect(plainText("x = '{{ y }}'\n  or {%z%}")).toBe("x = '{ { y }}' or { %z%}");
});
