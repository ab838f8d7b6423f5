// npm run lockfile: names in package-lock.json the builds for other platforms that the registry at hand lacks.
// npm leaves such optional packages out of the lockfile it writes, and `npm ci` then refuses that lockfile.
// An added entry has no integrity; it is written by npm again once the registry knows the package.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './program.mjs';

/**
 * @typedef {{ version: string, optional: true, dev?: true, os: string[], cpu: string[], libc?: string[] }} PlatformEntry
 * @typedef {{ dev?: boolean, optionalDependencies?: Record<string, string> }} LockEntry
 */

const systems = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openharmony'];
const processors = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'wasm32'];

/**
 * What npm would say about a package named after its platform (`binding-linux-arm-musleabihf`).
 * @param {string} name
 * @returns {Pick<PlatformEntry, 'libc'> & { os: string[], cpu: string[] } | undefined}
 */
export const platformOf = (name) => {
  const parts = name.slice(name.indexOf('/') + 1).split('-');
  const os = parts.find((part) => systems.includes(part));
  const cpu = parts.find((part) => processors.includes(part));
  if (os === undefined || cpu === undefined) return undefined;
  const abi = parts.at(-1) ?? '';
  const libc = abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') ? ['glibc'] : undefined;
  return { cpu: [cpu], ...(libc === undefined ? {} : { libc }), os: [os] };
};

/**
 * Entries for the optional packages that the lockfile asks for and does not hold. A range or a package that
 * does not name its platform is an error: nothing may be guessed.
 * @param {Readonly<Record<string, LockEntry>>} packages
 * @returns {Readonly<Record<string, PlatformEntry>>}
 */
export const missingEntries = (packages) => {
  /** @type {Record<string, PlatformEntry>} */
  const missing = {};
  for (const [path, { dev, optionalDependencies }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
      if (places.some((place) => packages[place] !== undefined)) continue;
      const platform = platformOf(name);
      if (platform === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
        throw new Error(`${path} wants ${name} ${version}, which the lockfile lacks`);
      }
      const { cpu, os, libc } = platform;
      // In npm's own order, so that the next npm install leaves the entry as it is.
      missing[`node_modules/${name}`] = {
        version,
        cpu,
        ...(dev ? { dev } : {}),
        ...(libc ? { libc } : {}),
        optional: true,
        os,
      };
    }
  }
  return missing;
};

const complete = () => {
  const file = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock.packages);
  lock.packages = Object.fromEntries(
    Object.entries({ ...lock.packages, ...missing }).toSorted(([left], [right]) =>
      left.localeCompare(right, 'en'),
    ),
  );
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${Object.keys(missing).length} builds for other platforms added`);
};

if (process.argv[1] === import.meta.filename) complete();
