// The peak memory of a run's process over tables of very different sizes.
import { engineName } from '../place.ts';
import { expectStatus, runProbed, type Probed } from '../program.ts';
import { count, megabytes, times, type Section } from '../section.ts';
import type { MadeShop, Shop } from '../shop.ts';

/** Garbage is collected when V8 pleases: two runs of the same work differ by as much. */
const allowedFactor = 1.25;

interface Peak {
  readonly shop: Shop;
  readonly first: Probed;
  readonly change: Probed;
}

const rowOf = ({ shop, first, change }: Peak): readonly string[] => [
  `${count(shop.scale.sales)} sales, ${count(shop.scale.companies)} companies`,
  megabytes(first.ownPeakBytes),
  megabytes(first.peakBytes),
  megabytes(change.ownPeakBytes),
  megabytes(change.peakBytes),
];

/** The largest of several: one run may just have been lucky with its collector. */
const peakOf = async (shop: Shop, companies: number, runs: number): Promise<Probed> => {
  const found: Probed[] = [];
  for (let round = 0; round < runs; round += 1) {
    await shop.change(companies);
    const ran = await runProbed(shop.project['every run']);
    expectStatus(ran, 'applied');
    found.push(ran);
  }
  return {
    statements: [],
    peakBytes: Math.max(...found.map(({ peakBytes }) => peakBytes)),
    ownPeakBytes: Math.max(...found.map(({ ownPeakBytes }) => ownPeakBytes)),
  };
};

export const memory = async (
  made: readonly MadeShop[],
  companies: number,
  runs: number,
): Promise<Section> => {
  const peaks: Peak[] = [];
  for (const { shop, first } of made) {
    peaks.push({ shop, first, change: await peakOf(shop, companies, runs) });
  }
  const engine = made[0]?.shop.place.engine ?? 'duckdb';
  const measure = ({ first, change }: Peak): number =>
    engine === 'duckdb'
      ? Math.max(first.ownPeakBytes, change.ownPeakBytes)
      : Math.max(first.peakBytes, change.peakBytes);
  const sizes = peaks.map(measure);
  const growth = (sizes.at(-1) ?? 0) / (sizes[0] ?? 1);
  const rows = made.map(({ shop }) => shop.scale.sales);
  return {
    title: `Peak memory, ${engineName(engine)}`,
    text: `The process of the first run, which mirrors and compares everything, and of runs over ${count(companies)} renamed companies (the highest of ${runs}). "JavaScript" is heap and buffers, looked at around every statement; "process" is the peak of resident memory${engine === 'duckdb' ? ', in which DuckDB keeps its own pages, as many as it is allowed: not ours to promise' : ''}.`,
    head: ['', 'first run, JavaScript', 'process', 'changes, JavaScript', 'process'],
    rows: peaks.map(rowOf),
    claims: [
      {
        says: `${engine === 'duckdb' ? "JavaScript's share, DuckDB's buffers aside," : 'the process'} does not grow with the table (at most ${allowedFactor}× from ${count(rows[0] ?? 0)} to ${count(rows.at(-1) ?? 0)} rows)`,
        measured: times(growth),
        met: growth <= allowedFactor,
      },
    ],
  };
};
