// dist/main.js and dist/index.js from src and the small libraries, in a few files: reading 300 modules one by one
// took a third of an idle run, and the 90 files of the two drivers' own JavaScript a tenth. What is native stays
// outside, and so does what only some runs load.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { root } from './program.mjs';

/** The parser of SQL reads its WebAssembly from beside itself. */
export const outside = ['@duckdb/node-bindings', '@polyglot-sql/sdk', 'snowflake-sdk'];

const dist = join(root, 'dist');
const chunks = 'chunks';
const stamp = join(dist, '.bundled');
const licences = 'THIRD-PARTY-LICENSES.txt';

/** @param {string} folder */
const filesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()
    : [];

/** What the bundle is made of, by content: a checkout gives every file a new time. */
const inputHash = () => {
  const hash = createHash('sha256');
  const inputs = [...filesBelow(join(root, 'src')), ...filesBelow(join(root, 'scripts', 'setup'))];
  for (const file of [...inputs, join(root, 'package-lock.json')]) {
    hash.update(`${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
};

const isCurrent = () => {
  if (!existsSync(join(dist, 'main.js')) || !existsSync(stamp)) return false;
  return readFileSync(stamp, 'utf8') === inputHash();
};

/**
 * The folder of the package that a module belongs to; undefined for our own.
 * @param {string} module
 */
const packageOf = (module) => {
  const match = /^(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(module);
  return match?.[1];
};

/**
 * A package without a file for it says it at the end of its README.
 * @param {string} folder
 */
const licenceOf = (folder) => {
  const names = readdirSync(folder);
  const file = names.find((each) => /^licen[cs]e/i.test(each));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').trim();
  const readme = names.find((each) => /^readme/i.test(each));
  const text = readme === undefined ? '' : readFileSync(join(folder, readme), 'utf8');
  return /^#+ *licen[cs]e\s*\n(.*copyright.*)$/ims.exec(text)?.[1]?.trim();
};

/**
 * Copies of other people's work carry their notices.
 * @param {readonly string[]} modules
 */
const noticesOf = (modules) => {
  const packages = new Set(modules.map(packageOf).filter((folder) => folder !== undefined));
  const notices = [...packages].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = licenceOf(folder);
    if (text === undefined) throw new Error(`${name} brings no licence text and cannot be bundled`);
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return `These packages are part of the files of this folder.\n\n${notices.join(`\n${'-'.repeat(80)}\n\n`)}`;
};

/**
 * In one step each, so that a program that starts meanwhile finds the old file or the new one.
 * @param {ReadonlyMap<string, string>} files by name below dist
 */
const write = (files) => {
  mkdirSync(join(dist, chunks), { recursive: true });
  for (const [name, text] of files) {
    const file = join(dist, name);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    const fresh = join(dirname(file), `.${process.pid}.tmp`);
    writeFileSync(fresh, text, { mode: name === 'main.js' ? 0o755 : 0o644 });
    renameSync(fresh, file);
  }
};

/** @param {ReadonlyMap<string, string>} files by name below dist */
const removeOthers = (files) => {
  for (const file of filesBelow(dist)) {
    if (/\.js(\.map)?$/.test(file) && !files.has(relative(dist, file))) rmSync(file);
  }
};

/**
 * What the bundler does not find it leaves outside.
 * @param {readonly import('rolldown').OutputChunk[]} parts
 */
const refuseOthers = (parts) => {
  const known = new Set([...outside, ...parts.map(({ fileName }) => fileName)]);
  const names = parts.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  const other = names.find((name) => !known.has(name) && !name.startsWith('node:'));
  if (other !== undefined) throw new Error(`${other} is imported and was not found`);
};

/** Nothing when what stands there is what src says. */
export const bundle = async () => {
  if (isCurrent()) return;
  const { rolldown } = await import('rolldown');
  const inputs = inputHash();
  const build = await rolldown({
    cwd: root,
    input: { main: 'src/main.ts', index: 'src/index.ts' },
    platform: 'node',
    external: [/^node:/, ...outside],
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      sourcemap: true,
      chunkFileNames: `${chunks}/[name]-[hash].js`,
    });
    const files = new Map(
      output.map((each) => [
        each.fileName.split('/').join(sep),
        each.type === 'chunk' ? each.code : String(each.source),
      ]),
    );
    const parts = output.filter((each) => each.type === 'chunk');
    refuseOthers(parts);
    files.set(licences, noticesOf(parts.flatMap((part) => Object.keys(part.modules))));
    write(files);
    removeOthers(files);
    writeFileSync(stamp, inputs);
  } finally {
    await build.close();
  }
};
