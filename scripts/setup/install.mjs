// Keeps node_modules in step with package-lock.json: `npm ci` when it is missing or stale, otherwise nothing.
// Compared by content, since a checkout gives every file a new time. Node built-ins only: nothing is installed yet.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './program.mjs';

const oldestNode = [20, 20];

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage & Manifest> }} Lock
 * @typedef {{ dependencies?: Record<string, string>, devDependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} Manifest
 */

/**
 * Why what is installed does not fit; undefined when it does.
 * @param {{ manifest: Manifest, lock: Lock, installed: Lock | undefined }} state
 * @returns {string | undefined}
 */
export const staleness = ({ manifest, lock, installed }) => {
  if (installed?.packages === undefined) return 'the packages are not installed yet';
  const wanted = lock.packages ?? {};
  const present = installed.packages;
  const declared = ({ dependencies, devDependencies, optionalDependencies } = /** @type {Manifest} */ ({})) =>
    JSON.stringify([dependencies ?? {}, devDependencies ?? {}, optionalDependencies ?? {}]);
  if (declared(manifest) !== declared(wanted[''])) return 'package.json asks for other packages';
  for (const [path, { version, integrity, optional, devOptional }] of Object.entries(wanted)) {
    const found = present[path];
    // npm leaves optional packages out on the platforms that they are not made for.
    if (path === '' || (found === undefined && (optional || devOptional))) continue;
    // An entry for another platform may have no integrity; npm notes it on installing.
    const sameContent = integrity === undefined || found?.integrity === integrity;
    if (found?.version !== version || !sameContent) return `${path} has changed`;
  }
  const surplus = Object.keys(present).find((path) => wanted[path] === undefined);
  return surplus === undefined ? undefined : `${surplus} is no longer needed`;
};

/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const installedLock = () => {
  try {
    return readJson('node_modules/.package-lock.json');
  } catch {
    return undefined; // missing, or cut short by an install that was stopped
  }
};

const refuseOldNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(`tidemark needs Node ${oldestNode.join('.')} or newer, this is ${process.versions.node}`);
};

/** Within `npm start` npm says where its own program is; that works without a shell, on Windows too. */
export const npm = () => {
  const own = process.env['npm_execpath'];
  return own !== undefined && own.endsWith('npm-cli.js')
    ? { command: process.execPath, args: [own] }
    : { command: 'npm', args: [] };
};

/** Throws an Error with a sentence for people when the packages cannot be had. */
export const ensureInstalled = async () => {
  refuseOldNode();
  const lock = readJson('package-lock.json');
  const reason = staleness({ manifest: readJson('package.json'), lock, installed: installedLock() });
  if (reason !== undefined) {
    process.stderr.write(`installing packages with npm ci: ${reason}\n`);
    const { command, args } = npm();
    // Production settings of the surroundings must not leave out what the build and the tests need.
    const flags = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
    const status = await run(command, [...args, ...flags], { stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error(`npm ci failed with status ${status}`);
  }
};
