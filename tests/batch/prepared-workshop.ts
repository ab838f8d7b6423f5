// A workshop after its first run, copied for each test, and the program spoken to in JSON that its schemas allow.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { notes, workshop } from '../support/workshop.ts';
import { call } from './command.ts';

/** Registers its hooks where it is called; `take` is handed each test's own copy. */
export const preparedWorkshop = (engine: Engine, take: (sandbox: Sandbox) => void) => {
  let prepared: Sandbox;
  let sandbox: Sandbox;
  beforeAll(async () => {
    prepared = await createSandbox(engine, workshop);
    await prepared.run();
    await prepared.sql(...notes);
  });
  beforeEach(async () => {
    sandbox = await prepared.copy();
    take(sandbox);
  });
  afterEach(() => sandbox.remove());
  afterAll(() => prepared.remove());
  const json = async (...argv: readonly string[]) => {
    const answer = await call(sandbox, [...argv, '--json']);
    expect(schemaErrors(answer.json)).toEqual([]);
    return { exit: answer.exit, report: answer.json };
  };
  /** Another sandbox in the place of the test's own copy, which it has removed. */
  const replace = (other: Sandbox): void => {
    sandbox = other;
    take(other);
  };
  return { json, replace };
};
