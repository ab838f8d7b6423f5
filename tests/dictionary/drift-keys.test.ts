// The keys of the dictionary that say what becomes of changes: `renamed` and `on_mapping_change`.
import { describe, expect, it } from 'vitest';
import { resolve, vendorFile } from './shop.ts';

const withSource = (companies: string) => resolve({ 'sources.yml': `sources:\n  companies: ${companies}\n` });

describe('renamed', () => {
  it('gives columns the names that they had before', () => {
    const { dictionary, problems } = withSource('{ key: id, renamed: { name: company_name } }');
    expect(problems).toEqual([]);
    expect([...(dictionary.sources[0]?.renamed ?? [])]).toEqual([['name', 'company_name']]);
  });

  it.each([
    [
      'a new name that staging does not have',
      '{ key: id, renamed: { nmae: company_name } }',
      'unknown_column',
      /did you mean `name`/,
    ],
    [
      'an old name that staging still has',
      '{ key: id, renamed: { name: id } }',
      'unknown_column',
      /the new name first/,
    ],
    ['something else than a name', '{ key: id, renamed: { name: [id] } }', 'wrong_type', /^$/],
    ['no mapping', '{ key: id, renamed: name }', 'wrong_type', /^$/],
  ])('refuses %s', (_what, companies, code, hint) => {
    const { problems } = withSource(companies);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(problems[0]?.hint ?? '').toMatch(hint);
  });
});

describe('on_mapping_change', () => {
  it('is backfill or hold', () => {
    const choice = (value: string) =>
      resolve({ 'fact_vendor.yml': vendorFile({ on_mapping_change: value }) });
    expect(choice('hold').dictionary.targets[0]?.onMappingChange).toBe('hold');
    expect(choice('backfill').problems).toEqual([]);
    expect(choice('wait').problems.map(({ code }) => code)).toEqual(['wrong_type']);
  });
});
