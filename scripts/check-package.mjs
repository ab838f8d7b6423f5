// npm run check:package: what the published package would hold. Needs the build.
import { execFileSync } from 'node:child_process';
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

const problems = [
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
