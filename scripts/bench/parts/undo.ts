// What taking a batch back costs, against making it: the same program, from spawn to exit, one after the other.
import { sampleOf } from '../measure.ts';
import { engineName } from '../place.ts';
import { expectStatus, runProgram, runRollback } from '../program.ts';
import { count, sampleCells, sampleHead, times, type Section } from '../section.ts';
import type { Shop } from '../shop.ts';

const allowedFactor = 1.5;

export const undo = async (shop: Shop, companies: number, runs: number): Promise<Section> => {
  const { engine } = shop.place;
  const [applied, undone]: [number[], number[]] = [[], []];
  for (let round = 0; round < runs; round += 1) {
    await shop.change(companies);
    applied.push(expectStatus(await runProgram(shop.project['every run']), 'applied'));
    // As for the batch: what is timed must not begin with somebody else's write-ahead log.
    await shop.place.use((connection) => connection.execute('checkpoint'));
    undone.push(expectStatus(await runRollback(shop.project['every run']), 'applied'));
  }
  const samples = { applied: sampleOf(applied), undone: sampleOf(undone) };
  const ratio = samples.undone.medianMs / samples.applied.medianMs;
  return {
    title: `Undoing a batch, ${engineName(engine)}`,
    text: `${count(companies)} renamed companies and about ${count(companies * 5)} sales: the run that takes them in, then \`rollback last\`, whole commands, process start, conflicts and proof included, in turns. ${runs} of each.`,
    head: ['', ...sampleHead],
    rows: [
      ['run', ...sampleCells(samples.applied)],
      ['rollback', ...sampleCells(samples.undone)],
    ],
    claims: [
      {
        says: `undoing a batch takes at most ${allowedFactor}× the time of applying it`,
        measured: times(ratio),
        met: ratio <= allowedFactor,
      },
    ],
  };
};
