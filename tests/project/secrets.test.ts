// Lines of a project file as messages show them: as long as they were, without what is secret.
import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../src/project/secrets.ts';

describe('a line of the project file', () => {
  it.each([
    ['the password of a url', 'url: postgres://me:hunter2@db/shop', 'url: postgres://me:*******@db/shop'],
    [
      'the path of an address, beside a key',
      'to: { url: "https://lineage.example/hunter2", api_key: [hunter3',
      'to: { url: "https://lineage.example/*******", api_key: ********',
    ],
    ['a variable', 'url: "https://hooks.example/${HOOK}"', 'url: "https://hooks.example/${HOOK}"'],
    ['a key that is misspelt', 'pasword: hunter2', 'pasword: *******'],
    ['a key that only begins like one', 'private_key_path: keys/me.p8', 'private_key_path: keys/me.p8'],
    ['no address', 'path: a/b.duckdb', 'path: a/b.duckdb'],
  ])('%s', (_, text, shown) => {
    expect(maskSecrets(text)).toBe(shown);
    expect(shown).toHaveLength(text.length);
  });
});
