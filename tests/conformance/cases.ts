// The behaviours that every warehouse must show, whatever its engine.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Warehouse } from '../../src/warehouse/port.ts';
import { sql } from '../../src/sql/fragment.ts';
import { dialectCases } from './dialect-cases.ts';
import { errorCases } from './error-cases.ts';
import { shop, without, type Engine, type Use } from './harness.ts';
import { jsonCases } from './json-cases.ts';
import { readingCases } from './reading-cases.ts';
import { sessionCases } from './session-cases.ts';
import { structureCases } from './structure-cases.ts';

export const conformance = (engine: Engine): void => {
  describe(`${engine.name} conforms to the port`, () => {
    let opened: Warehouse | undefined;
    const use: Use = () => {
      if (opened === undefined) throw new Error('the warehouse is not open');
      return opened;
    };
    beforeAll(async () => {
      opened = await engine.open();
      await use().session((session) => session.execute(sql`create schema ${sql.id(shop)}`));
    });
    afterAll(async () => {
      await opened?.close();
      await engine.close();
    });
    sessionCases(engine, use);
    structureCases(engine, use);
    dialectCases(engine, use);
    jsonCases(engine, use);
    if (!without(engine, 'reading')) readingCases(use);
    errorCases(engine, use);
    it('has a description without secrets', () => {
      expect(use().description).toContain(engine.name);
      expect(use().description).not.toMatch(/:[^/@]*@/);
    });
  });
};
