// The same change on ten times the table, and what the look for deleted rows, which reads keys of all, costs.
import { takeTurns } from '../measure.ts';
import { engineName } from '../place.ts';
import { expectStatus, runProgram } from '../program.ts';
import { count, sampleCells, sampleHead, seconds, times, type Section } from '../section.ts';
import type { Deletes, Shop } from '../shop.ts';

const allowedFactor = 1.3;

export interface Sizes {
  readonly small: Shop;
  readonly large: Shop;
}

const named = (shop: Shop): string =>
  `${count(shop.scale.companies)} companies, ${count(shop.scale.sales)} sales`;

export const growth = async ({ small, large }: Sizes, companies: number, runs: number): Promise<Section> => {
  const { engine } = small.place;
  const turn = (shop: Shop, deletes: Deletes) => async () => {
    await shop.change(companies);
    return expectStatus(await runProgram(shop.project[deletes]), 'applied');
  };
  const samples = await takeTurns(
    {
      small: turn(small, '24h'),
      large: turn(large, '24h'),
      smallChecked: turn(small, 'every run'),
      largeChecked: turn(large, 'every run'),
    },
    runs,
  );
  const ratio = samples.large.medianMs / samples.small.medianMs;
  const check = (checked: number, unchecked: number): string => seconds(Math.max(0, checked - unchecked));
  return {
    title: `The same change on ten times the table, ${engineName(engine)}`,
    text: `${count(companies)} renamed companies and about ${count(companies * 5)} sales, whole runs, process start included, with \`deletes: 24h\` and with the look for deleted rows in every run (the default). ${engine === 'postgres' ? 'The watermark has an index.' : 'A column store has no index on the watermark: it reads the column, so its time grows with the table; shown, not promised.'}`,
    head: ['', ...sampleHead],
    rows: [
      [`${named(small)}, \`deletes: 24h\``, ...sampleCells(samples.small)],
      [`${named(large)}, \`deletes: 24h\``, ...sampleCells(samples.large)],
      [`${named(small)}, \`deletes: every run\``, ...sampleCells(samples.smallChecked)],
      [`${named(large)}, \`deletes: every run\``, ...sampleCells(samples.largeChecked)],
      ['the look itself, small', check(samples.smallChecked.medianMs, samples.small.medianMs), '', '', ''],
      ['the look itself, large', check(samples.largeChecked.medianMs, samples.large.medianMs), '', '', ''],
    ],
    claims:
      engine === 'postgres'
        ? [
            {
              says: `ten times the table takes at most ${allowedFactor}× the time`,
              measured: times(ratio),
              met: ratio <= allowedFactor,
            },
          ]
        : [],
  };
};
