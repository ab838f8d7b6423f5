// Schemas that a killed `validate --on warehouse` left: the next one drops them, and doctor names them. A name says when
// it was made. Where a warehouse is one process's alone, whoever made them is gone; elsewhere after two hours.
import { randomBytes } from 'node:crypto';
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import { id, sql } from '../../sql/fragment.ts';
import type { Finding } from '../../warehouse/health.ts';
import type { Warehouse } from '../../warehouse/port.ts';

const minuteMs = 60_000;

/** No mapping test plays for so long. */
const deadAfterMs = 120 * minuteMs;

const digits = 6;

/** What all schemas of one bench start with: a name that no other process has. */
export const freshPrefix = (nowMs: number): string => {
  const minute = Math.floor(nowMs / minuteMs).toString(36);
  return `tidemark_test_${minute.padStart(digits, '0')}_${randomBytes(4).toString('hex')}`;
};

const pattern = /^tidemark_test_([0-9a-z]{6})_[0-9a-f]{8}_(?:staging|mirrors|targets|state|state_scratch)$/;

const madeAtMs = (schema: string): number | undefined => {
  const minute = pattern.exec(schema)?.[1];
  return minute === undefined ? undefined : Number.parseInt(minute, 36) * minuteMs;
};

/** Names of schemas whose makers are gone. */
const leftBehind = async (warehouse: Warehouse, nowMs: number): Promise<readonly string[]> => {
  const rows = await warehouse.session((session) =>
    session.rows<{ name: string }>(
      sql`select distinct SCHEMA_NAME as name from INFORMATION_SCHEMA.SCHEMATA where CATALOG_NAME = current_database() and SCHEMA_NAME like 'tidemark!_test!_%' escape '!' order by 1`,
    ),
  );
  const shared = warehouse.dialect.capabilities.concurrentWriters;
  return rows
    .map(({ name }) => name)
    .filter((name) => {
      const made = madeAtMs(name);
      return made !== undefined && (!shared || nowMs - made > deadAfterMs);
    });
};

/** One that cannot be dropped is somebody else's to drop: tests do not fail for it. */
export const sweepLeftBehind = async (warehouse: Warehouse, nowMs: number): Promise<void> => {
  for (const schema of await leftBehind(warehouse, nowMs)) {
    try {
      await warehouse.session((session) => session.execute(sql`drop schema if exists ${id(schema)} cascade`));
    } catch (error) {
      if (!isTidemarkError(error) || error.details['kind'] === 'connection') throw error;
    }
  }
};

export const leftBehindFindings = async (
  warehouse: Warehouse,
  nowMs: number,
): Promise<readonly Finding[]> => {
  const names = await leftBehind(warehouse, nowMs);
  if (names.length === 0) return [];
  return [
    {
      check: 'tests',
      severity: 'notice',
      message: `mapping tests that were killed left ${names.length === 1 ? 'a schema' : `${names.length} schemas`}; the next \`tidemark validate --on warehouse\` drops them`,
      evidence: names.join(', '),
      fix: names.map((name) => `drop schema "${name}" cascade;`).join(' '),
    },
  ];
};
