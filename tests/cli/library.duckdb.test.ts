// The typed library: the same use cases as the command line, on the built package.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isTidemarkError, openProject } from '../../src/index.ts';
import { Sandbox } from '../e2e/cli-sandbox.ts';

const sandbox = new Sandbox();

beforeAll(() => sandbox.fill());

afterAll(() => sandbox.remove());

it('plan, run, verify, status, history, show, validate, unlock', async () => {
  const project = await openProject({ directory: sandbox.folder, environment: 'dev', variables: {} });
  expect(project.project).toMatchObject({ name: 'corner', environment: 'dev' });
  expect(await project.validate()).toMatchObject({ status: 'valid', targets: 1 });
  const planned = await project.plan({ samples: 1 });
  const { report, exit } = await project.run({
    expectedDigest: planned.report.digest,
    meta: { ticket: 'A-1' },
  });
  expect([exit, report.batch, report.status]).toEqual([0, 1, 'applied']);
  expect((await project.verify({ select: ['dim_customer'] })).report.status).toBe('equal');
  expect((await project.status()).report.last_batch?.batch).toBe(1);
  expect((await project.history({ limit: 1 })).batches).toMatchObject([{ batch: 1, kind: 'bootstrap' }]);
  expect((await project.show(1, { rows: true })).meta).toEqual({ ticket: 'A-1' });
  expect((await project.impact(['countries.name'])).reaches).toMatchObject([
    { target: 'dim_customer', column: 'country', how: 'expression' },
  ]);
  expect((await project.unlock()).status).toBe('free');
});

it('throws errors that say what they mean', async () => {
  const project = await openProject({ directory: sandbox.folder, variables: {} });
  const error: unknown = await project.show(99).catch((thrown: unknown) => thrown);
  expect(isTidemarkError(error) && [error.code, error.exitCode, error.retryable]).toEqual([
    'unknown_batch',
    2,
    false,
  ]);
  await expect(
    openProject({ directory: sandbox.folder, environment: 'stage', variables: {} }),
  ).rejects.toMatchObject({ code: 'project_invalid' });
});
