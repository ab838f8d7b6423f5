// One dictionary per mistake, and the codes that it must be answered with. The sentences stand in the golden file.
import type { ErrorCode } from '../../src/errors/policy.ts';
import { mapping, vendorFile } from './shop.ts';

export interface Case {
  readonly codes: readonly ErrorCode[];
  readonly files: Readonly<Record<string, string>>;
}

const one = (code: ErrorCode, text: string): Case => ({ codes: [code], files: { 'fact_vendor.yml': text } });
const expression = (code: ErrorCode, text: string): Case => one(code, mapping(text));
const vendor = (code: ErrorCode, changes: Readonly<Record<string, string | undefined>>): Case =>
  one(code, vendorFile(changes));
export const source = (code: ErrorCode, line: string): Case => ({
  codes: [code],
  files: { 'sources.yml': `sources:\n  countries: { key: id }\n  ${line}\n` },
});
const sales = (code: ErrorCode, changes: string): Case =>
  one(
    code,
    `target: fact_sales\nkey: sale_id\njoin: { companies: this.vendor_id = companies.id }\n${changes}\n`,
  );

const reader = (column: string): string =>
  `target: readers\nkey: vendor_id\nfrom: fact_vendor\ncolumns: { vendor_id: fact_vendor.vendor_id, ${column} }\n`;

export const shapeCases: Readonly<Record<string, Case>> = {
  'yaml: a value with a colon': one('yaml_syntax', 'target: a: b\n'),
  'yaml: a comma in braces': vendor('yaml_syntax', {
    columns: "{ vendor_id: companies.id, country: coalesce(countries.name, 'x') }",
  }),
  'yaml: a bracket in braces': vendor('invalid_expression', {
    columns: '{ vendor_id: companies.id, vendor_name: upper(companies.name }',
  }),
  'yaml: an unknown anchor': vendor('yaml_syntax', { key: '*nothing' }),
  'yaml: a tag': vendor('yaml_syntax', { key: '!secret vendor_id' }),
  'an empty file': { codes: ['missing_key'], files: { 'fact_vendor.yml': '# later\n' } },
  'no sources': {
    codes: ['no_sources', 'unknown_source'],
    files: {
      'sources.yml':
        'target: fact_vendor\nkey: vendor_id\nfrom: companies\ncolumns: { vendor_id: companies.id }\n',
    },
  },
  'an unknown key': vendor('unknown_key', { on_delte: 'keep' }),
  'a key twice': one('duplicate_key', `${vendorFile()}key: vendor_id\n`),
  'no target': one('missing_key', 'key: vendor_id\n'),
  'no key': vendor('missing_key', { key: undefined }),
  'neither from nor join': vendor('missing_key', {
    from: undefined,
    join: undefined,
    target: 'fact_sales',
    key: 'sale_id',
    columns: '{ vendor_name: this.vendor_id }',
  }),
  'a wrong type': vendor('wrong_type', { enabled: 'perhaps' }),
  'a wrong choice': vendor('wrong_type', { on_missing: 'kep' }),
  'a column without an expression': vendor('wrong_type', {
    columns: '\n  vendor_id: companies.id\n  vendor_name:',
  }),
  'a history with a wrong choice': vendor('wrong_type', {
    target: 'vendor_scd',
    history: '{ deletes: hide }',
  }),
  'a history with an unknown key': vendor('unknown_key', {
    target: 'vendor_scd',
    history: '{ trak: [vendor_name] }',
  }),
  'a history with keys of a preset': vendor('unknown_key', {
    target: 'vendor_scd',
    history: '{ hard_deletes: ignore }',
  }),
  'a history with an end that is no time': vendor('wrong_type', {
    target: 'snap',
    history: "{ preset: dbt_snapshot, dbt_valid_to_current: 'to_date(x)' }",
  }),
  'a grain beside a model': one(
    'wrong_type',
    'target: fct_orders\nkey: order_id\nmodel: fct_orders\nfrom: orders\n',
  ),
  'a check without SQL': vendor('wrong_type', { checks: '{ none: }' }),
  'checks that are a list': vendor('wrong_type', { checks: '[select 1]' }),
  'a stream': source('not_supported', 'companies: { key: id, detect: stream }'),
  'a dbt source without a manifest': source(
    'manifest_invalid',
    'companies: { key: id, dbt_source: shop.companies }',
  ),
  'a wrong duration': source('wrong_type', 'companies: { key: id, overlap: soon }'),
  'wrong delete checks': source('wrong_type', 'companies: { key: id, deletes: sometimes }'),
  'a source without key': source('missing_key', 'companies: { table: staging.companies }'),
};

export const expressionCases: Readonly<Record<string, Case>> = {
  'an empty expression': expression('invalid_expression', '"/* later */"'),
  'two expressions': expression('invalid_expression', 'companies.name, companies.id'),
  'a second statement': expression('invalid_expression', 'companies.name; drop table x'),
  'an open bracket': expression('invalid_expression', 'upper(companies.name'),
  'a stray bracket': expression('invalid_expression', 'companies.name) from x'),
  'an open string': expression('invalid_expression', "companies.name || 'x"),
  'an open comment': expression('invalid_expression', 'companies.name /* why'),
  'a comment that swallows the rest': expression('invalid_expression', 'companies.name -- the name'),
  'a parameter': expression('invalid_expression', 'companies.name || $1'),
  'a variable': expression('invalid_expression', 'companies.name || ${SUFFIX}'),
  'a star': expression('invalid_expression', 'companies.*'),
  'a window function': expression(
    'invalid_expression',
    'lag(companies.name) over (partition by companies.id)',
  ),
  'a sub-select': expression('volatile_expression', '(select name from staging.countries)'),
  'a clock': expression('volatile_expression', 'companies.name || now()'),
  'a clock without brackets': expression(
    'volatile_expression',
    'coalesce(companies.updated_at, Current_Timestamp)',
  ),
  'a clock in a string': expression(
    'volatile_expression',
    "coalesce(companies.created_at, 'now'::timestamp)",
  ),
  'an age until today': expression('volatile_expression', 'age(companies.created_at)'),
  'an unqualified column': expression('unqualified_column', 'upper(name)'),
  'an unqualified unknown': expression('unqualified_column', 'companies.name || suffix'),
  'an unknown column': expression('unknown_column', 'companies.nmae'),
  'an unknown column in a folded text': expression(
    'unknown_column',
    '>\n    upper(companies.name)\n      || countries.zoen',
  ),
  'an unknown column after an escape': expression('unknown_column', "'''it''''s '' || companies.nmae'"),
  'a quoted name in another case': expression('unknown_column', '\'companies."Name"\''),
  'an unknown alias': expression('unknown_alias', 'company.name'),
  'a table in an expression': expression('unknown_alias', 'staging.companies.name'),
  'a known source that is not joined': expression('join_missing', 'customers.cust_email'),
};

const cycle = (target: string, from: string): string =>
  `target: ${target}\nkey: id\nfrom: ${from}\ncolumns: { id: ${from}.id }\n`;

export const resolveCases: Readonly<Record<string, Case>> = {
  'a source without table': source('unknown_table', 'companys: { key: id }'),
  'a table name that is none': source('wrong_type', 'companies: { key: id, table: "staging.a.b.c.d" }'),
  'an unknown key column': source('unknown_column', 'companies: { key: [id, nmae] }'),
  'a key column twice': source('duplicate_key', 'companies: { key: [id, id] }'),
  'an unknown watermark': source('unknown_column', 'companies: { key: id, watermark: updated }'),
  'an unknown excluded column': source('unknown_column', 'companies: { key: id, exclude: [nmae] }'),
  'an excluded key': source('unknown_column', 'companies: { key: id, exclude: [id] }'),
  'columns and exclude': source('wrong_type', 'companies: { key: id, columns: [id], exclude: [name] }'),
  'a mirror that is a table of another': source(
    'duplicate_name',
    'companies: { key: id, mirror: countries }',
  ),
  'a source called this': source('alias_hides_source', 'this: { key: id, table: staging.companies }'),
  'an unknown column of a source': source('unknown_column', 'companies: { key: id, where: is_vender }'),
  'a mapped column that is not mirrored': {
    codes: ['unknown_column'],
    files: {
      'sources.yml': 'sources:\n  companies: { key: id, exclude: [name] }\n  countries: { key: id }\n',
      'fact_vendor.yml': vendorFile(),
    },
  },
  'one name for two': {
    codes: ['duplicate_name'],
    files: { 'more.yml': 'sources:\n  companies: { key: id, mirror: other }\n' },
  },
  'a target named as a source': one('duplicate_name', vendorFile({ target: 'countries' })),
  'two files for one target': {
    codes: ['duplicate_mapping'],
    files: { 'a.yml': vendorFile(), 'b.yml': vendorFile() },
  },
  'one column mapped twice': vendor('duplicate_mapping', {
    columns: '{ vendor_id: companies.id, vendor_name: companies.name, vendor_name: countries.name }',
  }),
  'an unknown source': vendor('unknown_source', { join: '{ countrys: companies.country_id = countrys.id }' }),
  'an alias that hides a source': vendor('alias_hides_source', {
    join: '{ customers: { source: countries, on: companies.country_id = customers.id } }',
  }),
  'an alias twice': vendor('alias_hides_source', {
    join: '{ companies: companies.country_id = companies.id }',
  }),
  'joins in a circle': vendor('join_cycle', {
    join: '\n  a: { source: countries, on: a.id = b.id }\n  b: { source: countries, on: b.id = a.id and b.id = companies.country_id }',
  }),
  'targets in a circle': {
    codes: ['target_cycle'],
    files: { 'a.yml': cycle('a', 'b'), 'b.yml': cycle('b', 'c'), 'c.yml': cycle('c', 'a') },
  },
  'a target of a disabled one': {
    codes: ['unknown_target'],
    files: { 'a.yml': `${cycle('a', 'companies')}enabled: false\n`, 'b.yml': cycle('b', 'a') },
  },
  'an unknown target column': vendor('unknown_column', {
    columns: '{ vendor_id: companies.id, vendor_nmae: companies.name }',
  }),
  'an unknown target key': one(
    'unknown_column',
    'target: fact_sales\nkey: sales_id\njoin: { companies: this.vendor_id = companies.id }\ncolumns: { vendor_name: companies.name }\n',
  ),
  'a computed column': vendor('type_mismatch', {
    columns: '{ vendor_id: companies.id, label: companies.name }',
  }),
  'a view as target': vendor('type_mismatch', {
    target: 'vendor_view',
    columns: '{ vendor_id: companies.id }',
  }),
  'a key that is not mapped': vendor('key_not_mapped', { columns: '{ vendor_name: companies.name }' }),
  'a key of a look-up': vendor('key_not_of_grain', { columns: '{ vendor_id: companies.id + countries.id }' }),
  'a constant key': vendor('key_not_of_grain', { columns: '{ vendor_id: 1 }' }),
  'a key of this': sales('key_not_of_grain', 'columns: { sale_id: companies.id }'),
  'a read of an own column': sales(
    'reads_own_column',
    'columns: { vendor_name: coalesce(this.vendor_name) || companies.name }',
  ),
  'managed rows of this': sales('not_supported', 'columns: { vendor_name: companies.name }\nrows: manage'),
  'deletes of this': sales('not_supported', 'columns: { vendor_name: companies.name }\non_delete: keep'),
  'this without a table': one(
    'unknown_table',
    'target: fact_sale\nkey: sale_id\njoin: { companies: this.vendor_id = companies.id }\ncolumns: { vendor_name: companies.name }\n',
  ),
  'a required column': vendor('unmapped_not_null', { target: 'strict' }),
  'rows of ours that tell when they changed': vendor('not_supported', { changed_at: 'loaded_at' }),
  'an unknown column that tells when rows changed': sales(
    'unknown_column',
    'columns: { vendor_name: companies.name }\nchanged_at: changd_at',
  ),
  'a column that tells when rows changed and is no time': sales(
    'type_mismatch',
    'columns: { vendor_name: companies.name }\nchanged_at: vendor_id',
  ),
  'a touched column that is mapped': sales(
    'duplicate_mapping',
    'columns: { vendor_name: companies.name }\ntouch: { vendor_name: x }',
  ),
  'a touched key': sales(
    'duplicate_mapping',
    'columns: { vendor_name: companies.name }\ntouch: { sale_id: 1 }',
  ),
  'an unknown touched column': sales(
    'unknown_column',
    'columns: { vendor_name: companies.name }\ntouch: { updated_at: now }',
  ),
  'an unknown column set on delete': vendor('unknown_column', { on_delete: '{ set: { contry: null } }' }),
  'a column set on delete that is not mapped': vendor('set_unmapped', {
    on_delete: '{ set: { vendor_name: gone, country: gone } }',
  }),
  'an own column in a condition': one(
    'reads_own_column',
    'target: fact_sales\nkey: sale_id\njoin: { companies: this.vendor_name = companies.name }\ncolumns: { vendor_name: companies.name }\n',
  ),
  'an own column in a filter': sales(
    'reads_own_column',
    'columns: { vendor_name: companies.name }\nwhere: this.vendor_name is null',
  ),
  'an own touched column': sales(
    'reads_own_column',
    'columns: { vendor_name: companies.name }\ntouch: { _updated_at: now }\nwhere: this._updated_at is null',
  ),
  'a touched column of another target': {
    codes: ['unsettled_column'],
    files: {
      'a.yml': `${vendorFile()}touch: { loaded_at: now }\n`,
      'b.yml': reader('loaded_at: fact_vendor.loaded_at'),
    },
  },
  'a touched column of a target that is yet to be made': {
    codes: ['unsettled_column'],
    files: {
      'a.yml': vendorFile({ target: 'vendors', touch: '{ seen: now }' }),
      'b.yml':
        'target: readers\nkey: vendor_id\nfrom: vendors\ncolumns: { vendor_id: vendors.vendor_id, at: vendors.seen }\n',
    },
  },
  'a computed column of another target': {
    codes: ['unsettled_column'],
    files: { 'a.yml': vendorFile(), 'b.yml': reader('label: fact_vendor.label') },
  },
  'a numbered column of another target': {
    codes: ['unsettled_column'],
    files: {
      'a.yml': vendorFile({
        target: 'strict',
        columns: '{ vendor_id: companies.id, vendor_name: companies.name, region: countries.zone }',
      }),
      'b.yml':
        'target: readers\nkey: vendor_id\nfrom: strict\ncolumns: { vendor_id: strict.vendor_id, row: strict.row_no }\n',
    },
  },
};

const scd = (
  code: ErrorCode,
  history: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Case => vendor(code, { target: 'vendor_scd', history, ...changes });

export const historyCases: Readonly<Record<string, Case>> = {
  'a tracked column that is not mapped': scd('unknown_column', '{ track: [vendor_nmae] }'),
  'an overwritten column that is the key': scd('unknown_column', '{ overwrite: [vendor_id] }'),
  'a column that is tracked and overwritten': scd(
    'duplicate_mapping',
    '{ track: [vendor_name], overwrite: [vendor_name] }',
  ),
  'a key that is not that of the root': scd('key_not_of_grain', '{ track: [vendor_name] }', {
    columns: '{ vendor_id: companies.country_id, vendor_name: companies.name }',
  }),
  'a column of validity that is mapped': scd('duplicate_mapping', '{ valid_from: vendor_name }'),
  'two columns of validity of one name': scd('duplicate_mapping', '{ valid_from: at, valid_to: at }'),
  'a column of validity that the table lacks': one(
    'unknown_column',
    vendorFile({ history: '{ valid_from: loaded_at, valid_to: until }' }),
  ),
  'a column of validity of another type': one(
    'type_mismatch',
    vendorFile({ history: '{ valid_from: loaded_at, valid_to: country }' }),
  ),
  'a time of a look-up': scd('key_not_of_grain', '{ at: countries.zone }'),
  'an unknown time zone': scd('wrong_type', '{ timezone: Europe/Atlantis }'),
  'a flag of deleted versions that do not exist': scd('not_supported', '{ deleted: gone }'),
  'a rule for deleted rows': scd('not_supported', '{ track: [vendor_name] }', { on_delete: 'keep' }),
  'a history without from': {
    codes: ['not_supported'],
    files: {
      'h.yml':
        'target: fact_sales\nkey: sale_id\njoin: { companies: this.vendor_id = companies.id }\ncolumns: { vendor_name: companies.name }\nhistory: { track: [vendor_name] }\n',
    },
  },
};
