// A run of the whole sample shop, 12 sources, when nothing changed: what a short schedule pays.
import { makeIdleShop } from '../idle-shop.ts';
import { takeTurns } from '../measure.ts';
import { engineName, type Lab } from '../place.ts';
import { expectStatus, runProgram } from '../program.ts';
import { sampleCells, sampleHead, seconds, type Section } from '../section.ts';

const allowedMs = { duckdb: 1000, postgres: 1500 } as const;

export const idle = async (lab: Lab, folder: string, runs: number): Promise<Section> => {
  const { engine } = lab;
  const { place, project } = await makeIdleShop(lab, folder, 'idle');
  const samples = await takeTurns(
    { idle: async () => expectStatus(await runProgram(project), 'idle') },
    runs,
  );
  await place.drop();
  return {
    title: `An idle run, ${engineName(engine)}`,
    text: 'The sample shop, 12 sources and all its targets, about 10,000 rows, nothing changed: the whole `tidemark run`, process start included.',
    head: ['', ...sampleHead],
    rows: [['`tidemark run`, idle', ...sampleCells(samples.idle)]],
    claims: [
      {
        says: `under ${seconds(allowedMs[engine])}`,
        measured: seconds(samples.idle.medianMs),
        met: samples.idle.medianMs < allowedMs[engine],
      },
    ],
  };
};
