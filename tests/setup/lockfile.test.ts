// The lockfile must serve every platform, wherever it was written: `npm ci` refuses one that lacks optional builds.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { missingEntries, platformOf } from '../../scripts/setup/complete-lockfile.mjs';

const packageLock = new URL('../../package-lock.json', import.meta.url);

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync(packageLock, 'utf8'));

  it('holds every optional package that it asks for (npm run lockfile adds them)', () => {
    expect(Object.keys(missingEntries(packages))).toEqual([]);
  });

  it('names no registry', () => {
    expect(Object.keys(packages).filter((path) => packages[path].resolved !== undefined)).toEqual([]);
  });
});

describe('missing builds', () => {
  const entry = {
    dev: true,
    optionalDependencies: { '@x/darwin-arm64': '1.2.3', '@x/linux-x64-musl': '1.2.3' },
  };

  it('are added with version and platform', () => {
    const packages = { 'node_modules/x': entry, 'node_modules/@x/linux-x64-musl': {} };
    expect(missingEntries(packages)).toEqual({
      'node_modules/@x/darwin-arm64': {
        version: '1.2.3',
        dev: true,
        optional: true,
        os: ['darwin'],
        cpu: ['arm64'],
      },
    });
  });

  it.for([
    ['without a platform in the name', { optionalDependencies: { fsevents: '2.3.3' } }],
    ['asked for by a range', { optionalDependencies: { '@x/darwin-arm64': '^1.2.3' } }],
  ] as const)('%s are an error', ([, wanting]) => {
    expect(() => missingEntries({ 'node_modules/x': wanting })).toThrow('which the lockfile lacks');
  });

  it.for([
    ['@oxlint/binding-linux-arm-musleabihf', { os: ['linux'], cpu: ['arm'], libc: ['musl'] }],
    ['@oxlint/binding-linux-ppc64-gnu', { os: ['linux'], cpu: ['ppc64'], libc: ['glibc'] }],
    ['@oxlint/binding-win32-ia32-msvc', { os: ['win32'], cpu: ['ia32'] }],
    ['@oxlint/binding-android-arm-eabi', { os: ['android'], cpu: ['arm'] }],
    ['fsevents', undefined],
  ] as const)('are read from the name %s', ([name, platform]) => {
    expect(platformOf(name)).toEqual(platform);
  });
});
