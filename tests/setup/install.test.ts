// When the set-up installs again: what is there is compared with the lockfile by content.
import { describe, expect, it } from 'vitest';
import { staleness } from '../../scripts/setup/install.mjs';

const manifest = { dependencies: { pg: '8.0.0' }, devDependencies: { tsx: '4.0.0' } };
const pg = { version: '8.0.0', integrity: 'sha512-a' };
const tsx = { version: '4.0.0', integrity: 'sha512-b' };
const binary = { version: '1.0.0', integrity: 'sha512-c', optional: true };
const lock = {
  packages: { '': manifest, 'node_modules/pg': pg, 'node_modules/tsx': tsx, 'node_modules/binary': binary },
};
const complete = {
  packages: { 'node_modules/pg': pg, 'node_modules/tsx': tsx, 'node_modules/binary': binary },
};

describe('node_modules fits', () => {
  it('when it holds what the lockfile says', () => {
    expect(staleness({ manifest, lock, installed: complete })).toBeUndefined();
  });

  it('with an integrity that the lockfile does not know', () => {
    const vague = {
      packages: { ...lock.packages, 'node_modules/binary': { version: '1.0.0', optional: true } },
    };
    expect(staleness({ manifest, lock: vague, installed: complete })).toBeUndefined();
  });

  it('without optional packages, which are for other platforms', () => {
    const installed = { packages: { 'node_modules/pg': pg, 'node_modules/tsx': tsx } };
    expect(staleness({ manifest, lock, installed })).toBeUndefined();
  });
});

describe('node_modules is stale', () => {
  it('when it is missing', () => {
    expect(staleness({ manifest, lock, installed: undefined })).toContain('not installed');
  });

  it.for([
    ['another version', { ...pg, version: '8.0.1' }],
    ['another content', { ...pg, integrity: 'sha512-x' }],
  ] as const)('with %s of a package', ([, found]) => {
    const installed = { packages: { ...complete.packages, 'node_modules/pg': found } };
    expect(staleness({ manifest, lock, installed })).toContain('node_modules/pg has changed');
  });

  it('without a package', () => {
    const installed = { packages: { 'node_modules/tsx': tsx } };
    expect(staleness({ manifest, lock, installed })).toContain('node_modules/pg has changed');
  });

  it('with a package that is no longer wanted', () => {
    const installed = { packages: { ...complete.packages, 'node_modules/old': pg } };
    expect(staleness({ manifest, lock, installed })).toContain('node_modules/old');
  });

  it('when package.json asks for something that the lockfile does not know', () => {
    const wider = { ...manifest, dependencies: { ...manifest.dependencies, zod: '4.0.0' } };
    expect(staleness({ manifest: wider, lock, installed: complete })).toContain('package.json');
  });
});
