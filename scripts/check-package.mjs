// npm run check:package: what the published package would hold. Needs the build.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { outside } from './setup/bundle.mjs';
import { npm } from './setup/install.mjs';
import { root } from './setup/program.mjs';

const required = [
  /^package\.json$/,
  /^README\.md$/,
  /^LICENSE$/,
  /^CHANGELOG\.md$/,
  /^dist\/main\.js$/,
  /^dist\/index\.js$/,
  /^dist\/index\.d\.ts$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
  /^sql\/duckdb\/.+\.sql$/,
  /^sql\/postgres\/.+\.sql$/,
  /^src\/cli\/schemas\/.+\.json$/,
];
const unwanted = [
  /^(src(?!\/cli\/schemas\/)|tests|scripts|playground)\//,
  /\.tsbuildinfo$/,
  /\.duckdb$/,
  /(^|\/)\.env/,
];

const { command, args } = npm();
const answer = execFileSync(command, [...args, 'pack', '--dry-run', '--json', '--ignore-scripts'], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
/** @type {readonly [{ size: number, files: readonly { path: string }[] }]} */
const [{ size, files }] = JSON.parse(answer);
const paths = files.map(({ path }) => path);

/** @type {{ dependencies: Record<string, string>, optionalDependencies: Record<string, string> }} */
const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @param {string} file */
const importsOf = (file) =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /(?:(?<!['"])\bfrom|^import|\bimport\()\s*["']([^"'\n]+)["']/gm,
    ),
  ].map(([, name]) => name ?? '');

/** The declarations that `import 'tidemark'` reaches: what its users compile against. */
const declarations = () => {
  const found = new Set(['dist/index.d.ts']);
  for (const file of found) {
    for (const name of importsOf(file)) {
      if (name.startsWith('.'))
        found.add(join(dirname(file), name.replace(/\.[jt]s$/, '.d.ts')).replaceAll('\\', '/'));
    }
  }
  return [...found];
};

/** Whatever is neither bundled nor installed with the package would be missing where it is used. */
const missing = [...outside, ...declarations().flatMap(importsOf)]
  .filter((name) => !/^(\.|node:)/.test(name))
  .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name)
  .filter((name) => (dependencies[name] ?? optionalDependencies[name]) === undefined)
  .map((name) => `${name} is used by the program or its types, and no dependency`);

const problems = [
  ...new Set(missing),
  ...required
    .filter((pattern) => !paths.some((path) => pattern.test(path)))
    .map((pattern) => `nothing matches ${pattern.source}`),
  ...paths
    .filter((path) => unwanted.some((pattern) => pattern.test(path)))
    .map((path) => `${path} is packed`),
];
for (const problem of problems) console.error(`error: ${problem}`);
console.log(
  `package: ${paths.length} files, ${Math.ceil(size / 1024)} kB${problems.length === 0 ? '' : ', not as it should be'}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
