// A driver that is not there, tried in a process of its own, in which the module cannot be found.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('../..', import.meta.url));

const openWithout = (driver: string, connection: object): unknown => {
  const hooks = `export const resolve = (name, context, next) => {
  if (name !== '${driver}') return next(name, context);
  throw Object.assign(new Error("Cannot find package '${driver}'"), { code: 'ERR_MODULE_NOT_FOUND' });
};`;
  const program = `import Module, { register } from 'node:module';
const find = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  if (name === '${driver}') throw Object.assign(new Error("Cannot find module '${driver}'"), { code: 'MODULE_NOT_FOUND' });
  return find.call(this, name, ...rest);
};
register('data:text/javascript,' + encodeURIComponent(process.argv[1]));
const { openWarehouse } = await import('./src/warehouse/open.ts');
const { code, hint } = await openWarehouse(JSON.parse(process.argv[2])).catch((error) => error);
process.stdout.write(JSON.stringify({ code, hint }));`;
  const { stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', program, hooks, JSON.stringify(connection)],
    { cwd: project, encoding: 'utf8' },
  );
  return JSON.parse(stdout);
};

describe('a missing driver', () => {
  it.each([['@duckdb/node-bindings', { type: 'duckdb', path: '/nowhere/shop.duckdb' }]])(
    '%s is named with its cure',
    (driver, connection) => {
      expect(openWithout(driver, connection)).toEqual({
        code: 'driver_missing',
        hint: `npm install ${driver}`,
      });
    },
  );
});
