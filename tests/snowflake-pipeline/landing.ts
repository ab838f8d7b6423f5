// Events of things in the raw_changes shape, put where a stream would have landed them, and the batch that they are of.
import { literal } from '../../scripts/shop/random.ts';
import type { KeyEvent } from '../property/reference/timeline.ts';
import type { Runner } from '../support/pipeline-runner.ts';
import { tableOf } from '../dictionary/shop.ts';

export const rawChanges = tableOf('STAGING.RAW_CHANGES', [
  'SEQ NUMBER(38,0)',
  'OPERATION VARCHAR',
  'TABLE_NAME VARCHAR',
  'BEFORE VARIANT',
  'AFTER VARIANT',
  'TS_MS NUMBER(38,0)',
]);

export const logSource = (name: string, types: string): string => `  ${name}:
    table: STAGING.RAW_CHANGES
    detect: log
    where: TABLE_NAME = '${name}'
    key: id
    op: OPERATION
    before: BEFORE
    after: AFTER
    types: { ${types} }
    sequence: [SEQ]
    time: TS_MS
    arrival: SEQ
`;

export interface Told {
  readonly key: string;
  readonly event: Pick<KeyEvent, 'op' | 'at' | 'sequence' | 'cells'>;
}

const start = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;

/** As the driver shows an instant of UTC. */
export const shownHour = (at: number): string =>
  `${new Date(start + at * hourMs).toISOString().slice(0, 19).replace('T', ' ')}.000000000+00:00`;

const image = (key: string, cells: Readonly<Record<string, unknown>>): string =>
  `parse_json(${literal(JSON.stringify({ id: key, ...cells }).replaceAll('\\', '\\\\'))})`;

/** Columns of a landed row of `raw_changes`, in the order in which `land` names them. */
const rawRow = ({ key, event }: Told, source: string): string => {
  const { op, at, sequence, cells } = event;
  const [before, after] =
    op === 'D' ? [image(key, {}), 'cast(null as variant)'] : ['cast(null as variant)', image(key, cells)];
  return [
    String(sequence),
    op === 'D' ? `'d'` : `'u'`,
    literal(source),
    before,
    after,
    String(start + at * hourMs),
  ].join(', ');
};

const batchNumber = async (runner: Runner): Promise<number> => {
  const [row] = await runner.rows('select "NUMBER" from "TIDEMARK_PIPELINE"."BATCH"');
  return Number(row?.['NUMBER']);
};

const names = '"SEQ", "OPERATION", "TABLE_NAME", "BEFORE", "AFTER", "TS_MS"';

/** What a capture does: the next batch, and what happened in each source. */
export const land = async (
  runner: Runner,
  events: Readonly<Record<string, readonly Told[]>>,
): Promise<void> => {
  await runner.run('update "TIDEMARK_PIPELINE"."BATCH" set "NUMBER" = "NUMBER" + 1, "AT" = sysdate()');
  const batch = await batchNumber(runner);
  for (const [source, told] of Object.entries(events)) {
    if (told.length === 0) continue;
    const rows = told.map(
      (each) => `select ${batch}, cast('2026-02-01' as timestamp_ntz(6)), 'INSERT', ${rawRow(each, source)}`,
    );
    await runner.run(
      `insert into "TIDEMARK_PIPELINE"."LANDED_${source.toUpperCase()}" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", ${names}) ${rows.join(' union all ')}`,
    );
  }
};
