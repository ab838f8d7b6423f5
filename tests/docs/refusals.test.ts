// docs/refusals.md lists every code that a batch can end with or leave a relation out for, as the policy has it, and
// names a test for each: the table, the policy and the tests are held together here.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorCodes, policyOf, type ErrorCode } from '../../src/errors/policy.ts';

const root = new URL('../../', import.meta.url);

interface Row {
  readonly code: string;
  readonly exit: number;
  readonly says: string;
  readonly todo: string;
  readonly file: string;
  readonly test: string;
}

const rows: readonly Row[] = readFileSync(new URL('docs/refusals.md', root), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const cells = /^\| `([a-z_]+)` \| (\d) \| (.+) \| (.+) \| `([^`]+)`: (.+) \|$/.exec(line);
    if (cells === null) return [];
    const [, code = '', exit = '', says = '', todo = '', file = '', test = ''] = cells;
    return [{ code, exit: Number(exit), says, todo, file, test }];
  });

/** Mistakes that are found before a batch begins: in the project file and the mappings (told together as
 *  `dictionary_invalid`), in what was installed, or in a question about batches. */
const beforeABatch: ReadonlySet<string> = new Set<ErrorCode>([
  'project_not_found',
  'project_invalid',
  'yaml_syntax',
  'unknown_key',
  'duplicate_key',
  'missing_key',
  'wrong_type',
  'missing_variable',
  'unknown_environment',
  'profile_invalid',
  'manifest_invalid',
  'unknown_node',
  'no_sources',
  'unknown_table',
  'unknown_alias',
  'duplicate_mapping',
  'duplicate_name',
  'alias_hides_source',
  'unqualified_column',
  'invalid_expression',
  'volatile_expression',
  'reads_own_column',
  'unsettled_column',
  'target_cycle',
  'key_not_mapped',
  'key_not_of_grain',
  'join_missing',
  'join_cycle',
  'aggregate_misplaced',
  'many_outside_aggregate',
  'fan_out',
  'unordered_aggregate',
  'type_mismatch',
  'unmapped_not_null',
  'test_failed',
  'catalog_unreadable',
  'catalog_missing',
  'not_compiled',
  'compiled_incrementally',
  'model_unreadable',
  'compared_in_full',
  'set_unmapped',
  'not_redactable',
  'not_supported',
  'unknown_batch',
  'database_too_new',
  'driver_missing',
  'revision_unreadable',
  'import_unreadable',
  'import_not_placed',
]);

describe('docs/refusals.md', () => {
  it('has a row for every code that can occur in a batch, and for no other', () => {
    expect(rows.map(({ code }) => code).toSorted()).toEqual(
      errorCodes.filter((code) => !beforeABatch.has(code)).toSorted(),
    );
  });

  it('is read whole: no row has another form', () => {
    const text = readFileSync(new URL('docs/refusals.md', root), 'utf8');
    expect(text.split('\n').filter((line) => line.startsWith('| `'))).toHaveLength(rows.length);
  });

  it.each(rows)('gives `$code` the exit status of the policy', ({ code, exit }) => {
    // Left out on purpose: no reason to fail.
    expect(exit).toBe(['paused', 'set_back'].includes(code) ? 0 : policyOf(code as ErrorCode).exit);
  });

  it.each(rows)('names a test of `$code` that is there', ({ file, test, code }) => {
    const path = fileURLToPath(new URL(file, root));
    expect(existsSync(path), `${file} is missing`).toBe(true);
    const text = readFileSync(path, 'utf8').replaceAll("\\'", "'");
    expect(text, `${file} has no test called "${test}"`).toMatch(
      new RegExp(`['"\`]${test.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`),
    );
    expect(text, `${file} never mentions ${code}`).toContain(code);
  });

  it.each(rows)('says what to do about `$code`', ({ says, todo }) => {
    expect([says.length > 10, todo.length > 5]).toEqual([true, true]);
  });
});
