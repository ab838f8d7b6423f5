// One batch of events through the engine: everything but their detection, which is another suite's affair.
import { commit } from '../../../src/batch/commit/commit.ts';
import { compute } from '../../../src/batch/compute/compute.ts';
import type { BatchContext } from '../../../src/batch/context.ts';
import { freeze } from '../../../src/batch/freeze/freeze.ts';
import { claim } from '../../../src/batch/known-state.ts';
import { withContext } from '../../../src/batch/open.ts';
import type { Project } from '../../../src/project/project.ts';
import { eventColumns, type EventTable } from '../../../src/sql/events.ts';
import { commas, id, sql, table, verbatim } from '../../../src/sql/fragment.ts';
import { takeLease } from '../../../src/store/lease.ts';
import { migrate } from '../../../src/store/migrate.ts';
import type { Place } from '../place.ts';
import type { Delivered } from './draw.ts';

const columns = ['id', 'name', 'city', 'note'] as const;

/** The first moment of the logs; each unit of their time is an hour. */
const start = Date.UTC(2020, 0, 1);

export const instantOf = (at: number): string =>
  new Date(start + at * 3_600_000).toISOString().replace('T', ' ').replace('.000Z', '');

const eventTable = async (context: BatchContext, events: readonly Delivered[]): Promise<EventTable> => {
  const shape = {
    key: [{ name: 'id', type: 'varchar', nullable: false }],
    columns: columns.map((name) => ({ name, type: 'varchar', nullable: true })),
    sequence: [{ name: 'n', type: 'bigint', nullable: false }],
  };
  const into: EventTable = { ...shape, table: context.scratch.name('told') };
  const names = eventColumns(into);
  const text = (value: string | null | undefined) => sql`cast(${value ?? null} as varchar)`;
  const rows = events.map(({ key, event }) => {
    const absent = columns.filter((name) => name !== 'id' && event.cells[name] === undefined);
    return commas([
      sql`cast(null as bigint)`,
      text(event.op),
      sql`cast(${`${instantOf(event.at)}+00`} as timestamptz)`,
      sql`cast(${event.sequence} as bigint)`,
      text(event.op === 'D' ? '2' : '1'),
      text(event.identity),
      text(event.op === 'D' || absent.length === 0 ? null : JSON.stringify(absent)),
      text(key),
      ...columns.map((name) =>
        event.op === 'D' ? text(null) : name === 'id' ? text(key) : text(event.cells[name]),
      ),
    ]);
  });
  await context.warehouse.session(async (session) => {
    await session.execute(context.warehouse.dialect.createScratch(into.table, names));
    if (rows.length === 0) return;
    await session.execute(
      sql`insert into ${table(into.table)} (${commas(names.map(({ name }) => id(name)))}) ${sql.join(
        rows.map((row) => sql`select ${row}`),
        verbatim(' union all '),
      )}`,
    );
  });
  return into;
};

export const play = async (place: Place, project: Project, events: readonly Delivered[]): Promise<void> => {
  const { warehouse } = place;
  const { state } = project.schemas;
  await migrate(warehouse, state);
  await claim(warehouse, project);
  const lease = await takeLease(warehouse, state, { owner: 'test', command: 'run', waitMs: 0 });
  try {
    await withContext({ project, warehouse }, async (context) => {
      const frozen = await freeze(context);
      const told = await eventTable(context, events);
      const sources = frozen.sources.map((source) => ({ ...source, events: told }));
      const computed = await compute(context, { ...frozen, sources });
      if (computed.leftOut.length > 0)
        throw new Error(computed.leftOut.map(({ reason }) => reason).join('\n'));
      await commit(context, computed, {
        runId: `${lease.token}`,
        startedAt: frozen.moment,
        actor: 'test',
        host: 'test',
        meta: {},
        lease,
        kind: 'run',
      });
    });
  } finally {
    await lease.release();
  }
};
