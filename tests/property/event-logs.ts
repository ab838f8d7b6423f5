// I9: whatever order, grouping and repetition a log of events arrives in, the history is that of the reference, under
// each policy of deletes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { seededRandom } from '../../scripts/shop/random.ts';
import { runIn } from '../../src/batch/run.ts';
import { verifyIn } from '../../src/batch/verify.ts';
import { drawBatches, drawLog, type LogOfKey } from './event-logs/draw.ts';
import { append, instantOf, logTable, source } from './event-logs/play.ts';
import { tellHistories, type History } from './histories.ts';
import { projectAt, type Engine, type Place, type Schemas } from './place.ts';
import { timeline, type Rules } from './reference/timeline.ts';

const keysPerHistory = 160;

interface Policy {
  readonly target: string;
  readonly rules: Rules;
}

const base = { track: ['name', 'city'], overwrite: ['note'] };
/** 1900, in hours before the first moment. */
const beginning = (Date.UTC(1900, 0, 1) - Date.UTC(2020, 0, 1)) / 3_600_000;

const policies: readonly Policy[] = [
  { target: 'closed', rules: { ...base, deletes: 'close' } },
  { target: 'flagged', rules: { ...base, deletes: 'tombstone' } },
  { target: 'kept', rules: { ...base, deletes: 'keep', beginning } },
];

const mapping = ({ target, rules }: Policy): string => `target: ${target}
key: id
from: things
columns: { id: things.id, name: things.name, city: things.city, note: things.note }
history: { overwrite: [note], deletes: ${rules.deletes}, surrogate_key: number, first_valid_from: ${rules.beginning === undefined ? 'at' : 'beginning'} }
`;

const expected = ({ rules }: Policy, logs: readonly LogOfKey[]): readonly string[] =>
  logs
    .flatMap(({ key, events }) =>
      timeline(events, rules).map(({ from, to, deleted, cells }) =>
        JSON.stringify([
          key,
          instantOf(from),
          to === null ? null : instantOf(to),
          cells['name'],
          cells['city'],
          cells['note'],
          to === null,
          ...(rules.deletes === 'tombstone' ? [deleted] : []),
        ]),
      ),
    )
    .toSorted();

const found = async (
  place: Place,
  schemas: Schemas,
  { target, rules }: Policy,
): Promise<readonly string[]> => {
  const flag = rules.deletes === 'tombstone' ? ', is_deleted' : '';
  const rows = await place.rows<Record<string, unknown>>(
    `select id, cast(timezone('UTC', valid_from) as varchar) as f, cast(timezone('UTC', valid_to) as varchar) as t, name, city, note, is_current${flag} from "${schemas.targets}".${target}`,
  );
  return rows.map((row) => JSON.stringify(Object.values(row))).toSorted();
};

/** A fact holds the last state of each row, which is what the current versions show. */
const nowMapping = `target: things_now
key: id
from: things
columns: { id: things.id, name: things.name, city: things.city, note: things.note }
`;

const checkNow = async (place: Place, schemas: Schemas, logs: readonly LogOfKey[]): Promise<void> => {
  const rules: Rules = { ...base, deletes: 'close' };
  const current = logs.flatMap(({ key, events }) =>
    timeline(events, rules)
      .filter(({ to }) => to === null)
      .map(({ cells }) => JSON.stringify([key, cells['name'], cells['city'], cells['note']])),
  );
  const rows = await place.rows<Record<string, unknown>>(
    `select id, name, city, note from "${schemas.targets}".things_now`,
  );
  expect(rows.map((row) => JSON.stringify(Object.values(row))).toSorted()).toEqual(current.toSorted());
};

const numbersAreUnique = async (place: Place, schemas: Schemas, { target }: Policy): Promise<void> => {
  const rows = await place.rows(
    `select number from "${schemas.targets}".${target} group by number having count(*) > 1 or number is null`,
  );
  expect({ target, rows }).toEqual({ target, rows: [] });
};

const tell = async ({ place, schemas, seed }: History): Promise<void> => {
  const random = seededRandom(seed);
  const logs = Array.from({ length: keysPerHistory }, (_, place_) => drawLog(random, `k${place_}`));
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-logs-'));
  try {
    const log = `"${schemas.staging}".raw`;
    writeFileSync(join(folder, 'sources.yml'), source(log.replaceAll('"', '')));
    for (const policy of policies) writeFileSync(join(folder, `${policy.target}.yml`), mapping(policy));
    writeFileSync(join(folder, 'things_now.yml'), nowMapping);
    await place.execute(`create schema "${schemas.staging}"`);
    await place.execute(`create table ${log} ${logTable}`);
    const project = projectAt(place, schemas, folder);
    let arrived = 1;
    for (const events of drawBatches(random, logs)) {
      arrived = await append(place, log, events, arrived);
      const { report } = await runIn(place.warehouse, { project });
      expect({ behind: report.behind, warnings: report.warnings }).toEqual({ behind: [], warnings: [] });
    }
    for (const policy of policies) {
      const { target } = policy;
      expect({ target, versions: await found(place, schemas, policy) }).toEqual({
        target,
        versions: expected(policy, logs),
      });
      await numbersAreUnique(place, schemas, policy);
    }
    await checkNow(place, schemas, logs);
    expect((await verifyIn(place.warehouse, { project })).report).toMatchObject({
      status: 'equal',
      behind: [],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A history is a hundred and sixty logs. */
export const describeEventLogs = (engine: Engine, file: string): void => {
  tellHistories({ name: `logs of events, ${keysPerHistory} each`, engine, file, share: 13, tell });
};
