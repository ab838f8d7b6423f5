// A run of the whole sample shop, 12 sources, when nothing changed: what a short schedule pays.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildTargets } from '../../shop/build-targets.ts';
import { generateShop, SMALL } from '../../shop/generate.ts';
import { takeTurns } from '../measure.ts';
import { engineName, type Lab } from '../place.ts';
import { expectStatus, runProgram } from '../program.ts';
import { sampleCells, sampleHead, seconds, type Section } from '../section.ts';
import { projectFile } from '../shop.ts';

const allowedMs = { duckdb: 1000, postgres: 1500 } as const;

const mappings = fileURLToPath(new URL('../../../mappings', import.meta.url));

export const idle = async (lab: Lab, folder: string, runs: number): Promise<Section> => {
  const { engine } = lab;
  const place = await lab.make('idle');
  await place.use(async ({ execute }) => {
    await generateShop(execute, { seed: 1, scale: SMALL });
    await buildTargets(execute, { engine });
    if (engine === 'postgres') await execute('vacuum analyze');
  });
  const project = join(folder, `${engine}-idle`);
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'tidemark.yml'), projectFile(place));
  await cp(mappings, join(project, 'mappings'), { recursive: true });
  expectStatus(await runProgram(project), 'applied');
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
