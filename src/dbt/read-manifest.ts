// A manifest from its file. Large ones take a second and hundreds of megabytes to parse: what we need of one is
// kept beside the user's other caches, under the hash of its bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { noManifest, readManifestText, type DbtManifest } from './manifest.ts';

/** Goes up with each change of what is kept. */
const keptForm = 8;

/** Below this parsing costs less than looking. */
const largeBytes = 2 * 2 ** 20;

const cacheFolder = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tidemark', 'manifests');

const kept = (file: string): DbtManifest | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DbtManifest;
  } catch {
    return undefined; // not there, or cut short: it is read from its source again
  }
};

/** A cache that cannot be written costs time, nothing else. */
const keep = (file: string, manifest: DbtManifest): void => {
  try {
    mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(manifest), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // a home that is read-only, a full disk
  }
};

const bytesOf = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    throw noManifest(path, error);
  }
};

export const readManifest = (path: string): DbtManifest => {
  const bytes = bytesOf(path);
  if (bytes.length < largeBytes) return readManifestText(path, bytes.toString('utf8'));
  const hash = createHash('sha256').update(bytes).digest('hex');
  const file = join(cacheFolder(), `${hash}.${keptForm}.json`);
  const known = kept(file);
  if (known !== undefined) return known;
  const manifest = readManifestText(path, bytes.toString('utf8'));
  keep(file, manifest);
  return manifest;
};
