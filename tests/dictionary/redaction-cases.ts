// Mistakes in what is redacted, and the codes that they must be answered with. The project of these cases has no
// `redact_key`, which is told of each first.
import type { ErrorCode } from '../../src/errors/policy.ts';
import { source, type Case } from './problem-cases.ts';
import { vendorFile } from './shop.ts';

const redacted = (code: ErrorCode, line: string): Case => ({
  ...source(code, line),
  codes: ['missing_key', code],
});

/** Two targets, one behind the other, over companies whose names are redacted. */
const chain = (first: string, second: string): Case => ({
  codes: ['not_redactable', 'missing_key'],
  files: {
    'sources.yml':
      'sources:\n  companies: { key: id, redact: [name] }\n  countries: { key: id }\n  customers: { key: customer_id }\n',
    'fact_vendor.yml': first,
    'readers.yml': second,
  },
});

export const redactionCases: Readonly<Record<string, Case>> = {
  'no key to hide with': source('missing_key', 'companies: { key: id, redact: name }'),
  'an unknown column': redacted('unknown_column', 'companies: { key: id, redact: [nmae] }'),
  'a key': redacted('not_redactable', 'companies: { key: id, redact: [id] }'),
  'a time of change': redacted(
    'not_redactable',
    'companies: { key: id, updated_at: updated_at, redact: updated_at }',
  ),
  'a time of making': redacted(
    'not_redactable',
    'companies: { key: id, created_at: created_at, redact: created_at }',
  ),
  'a watermark': redacted(
    'not_redactable',
    'companies: { key: id, watermark: updated_at, redact: updated_at }',
  ),
  'an actor': redacted('not_redactable', 'companies: { key: id, actor: name, redact: name }'),
  'the order of a log': redacted(
    'not_redactable',
    'clients: { table: customer_log, detect: log, key: customer_id, op: op, sequence: seq, redact: seq }',
  ),
  'what a key is made of, through another target': chain(
    vendorFile({ columns: '{ vendor_id: companies.id, vendor_name: lower(companies.name) }' }),
    'target: readers\nkey: name\nfrom: fact_vendor\ncolumns: { name: fact_vendor.vendor_name }\n',
  ),
  'the time of a version': chain(
    vendorFile(),
    'target: readers\nkey: id\nfrom: companies\ncolumns: { id: companies.id, zone: companies.country_id }\nhistory: { track: [zone], at: cast(companies.name as timestamp) }\n',
  ),
  'a column to prune by that is none': {
    codes: ['unknown_column'],
    files: { 'fact_vendor.yml': vendorFile({ prune_by: 'loadd_at' }) },
  },
};
