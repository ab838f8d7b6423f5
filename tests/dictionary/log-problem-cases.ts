// Mistakes in sources that are read from a log of events, and the codes that they must be answered with.
import type { ErrorCode } from '../../src/errors/policy.ts';
import { source, type Case } from './problem-cases.ts';

const logKeys = {
  table: 'raw_changes',
  detect: 'log',
  key: 'customer_id',
  op: 'operation',
  before: 'before',
  after: 'after',
  types: '{ customer_id: bigint, email: varchar, updated_at: timestamp }',
  sequence: '[ts_ms, seq]',
  arrival: 'seq',
};
const log = (
  codes: ErrorCode | readonly ErrorCode[],
  changes: Readonly<Record<string, string | undefined>>,
): Case => ({
  codes: typeof codes === 'string' ? [codes] : codes,
  files: {
    'sources.yml': `sources:\n  clients:\n${Object.entries({ ...logKeys, ...changes })
      .flatMap(([key, value]) => (value === undefined ? [] : [`    ${key}: ${value}\n`]))
      .join('')}`,
  },
});
const typedLog = (codes: ErrorCode, changes: Readonly<Record<string, string | undefined>>): Case =>
  log(codes, {
    table: 'customer_log',
    op: 'op',
    sequence: 'seq',
    before: undefined,
    after: undefined,
    types: undefined,
    ...changes,
  });

export const logCases: Readonly<Record<string, Case>> = {
  'keys of a log on a source that is none': source('not_supported', 'companies: { key: id, arrival: id }'),
  'a watermark': log('not_supported', { watermark: 'landed_at' }),
  'delete checks': log('not_supported', { deletes: 'never' }),
  'neither op nor deleted': log('missing_key', { op: undefined }),
  'no sequence': log('missing_key', { sequence: undefined }),
  'an empty sequence': log('wrong_type', { sequence: '[]' }),
  'no key': log('missing_key', { key: undefined }),
  'words without a column': log('missing_key', { op: '{ upsert: [N], delete: [X] }' }),
  'words without upserts': log('missing_key', { op: '{ column: operation, delete: [X] }' }),
  'a word twice': log('duplicate_key', { op: '{ column: operation, upsert: [N, X], delete: X }' }),
  'an unknown kind of operation': log('unknown_key', { op: '{ column: operation, upsrt: [N], upsert: M }' }),
  'an image without types': log('missing_key', { types: undefined, key: 'seq' }),
  'types without an image': log('missing_key', { before: undefined, after: undefined }),
  'a type that is none': log('wrong_type', {
    types: '{ customer_id: bigint, email: "varchar; drop table x" }',
  }),
  'a type that is missing': log('wrong_type', { types: '{ customer_id: bigint, email: }' }),
  'a unit of no time': log('type_mismatch', {
    types: '{ customer_id: bigint, email: { type: varchar, epoch: ms } }',
  }),
  'an unknown unit': log('wrong_type', {
    types: '{ customer_id: bigint, at: { type: timestamp, epoch: minutes } }',
  }),
  'columns of JSON images': log('not_supported', { columns: '[customer_id]' }),
  'a key that is nowhere': log('unknown_column', { key: 'custmer_id' }),
  'an operation column that is missing': log('unknown_column', { op: 'opration' }),
  'an image that is missing': log('unknown_column', { after: 'aftre' }),
  'a sequence that is missing': log('unknown_column', { sequence: '[ts_ms, sqe]' }),
  'a sequence twice': log('duplicate_key', { sequence: '[seq, seq]' }),
  'a sequence of texts': log('type_mismatch', { sequence: '[lsn]' }),
  'an arrival of texts': log('type_mismatch', { arrival: 'lsn' }),
  'an arrival that is missing': log('unknown_column', { arrival: 'sqe' }),
  'a time that is none': log('type_mismatch', { time: 'flag' }),
  'a unit of a moment': log('type_mismatch', { time: '{ column: landed_at, epoch: ms }' }),
  'an overlap of rows': log('wrong_type', { arrival: 'landed_at', overlap: '500' }),
  'an overlap of time': log('wrong_type', { overlap: '15m' }),
  'an overlap of nothing': log('wrong_type', { overlap: 'much' }),
  'an overlap without arrival': log('missing_key', { arrival: undefined, overlap: '15m' }),
  'an identity that is missing': log('unknown_column', { identity: '[sqe]' }),
  'an updated_at that is no column of the images': log('unknown_column', { updated_at: 'landed_at' }),
  'a renamed column that is not in types': log('unknown_column', { renamed: '{ mail: email }' }),
  'a renamed column that is still in types': log('unknown_column', { renamed: '{ email: updated_at }' }),
  'a filter on a missing column': log('unknown_column', { where: "table_nme = 'customers'" }),
  'a typed log whose key is left out': typedLog('unknown_column', { columns: '[email]' }),
  'a typed log whose key is the operation': typedLog('unknown_column', { key: 'op' }),
};
