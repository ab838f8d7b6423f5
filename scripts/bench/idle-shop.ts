// The sample shop, small, taken over by a first run: what a run of it costs when nothing changed.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildTargets } from '../shop/build-targets.ts';
import { generateShop, SMALL } from '../shop/generate.ts';
import type { Lab, Place } from './place.ts';
import { expectStatus, runProgram } from './program.ts';
import { projectFile } from './shop.ts';

const mappings = fileURLToPath(new URL('../../mappings', import.meta.url));

export interface IdleShop {
  readonly place: Place;
  /** The folder of the project. */
  readonly project: string;
}

export const makeIdleShop = async (lab: Lab, folder: string, name: string): Promise<IdleShop> => {
  const { engine } = lab;
  const place = await lab.make(name);
  await place.use(async ({ execute }) => {
    await generateShop(execute, { seed: 1, scale: SMALL });
    await buildTargets(execute, { engine });
    if (engine === 'postgres') await execute('vacuum analyze');
  });
  const project = join(folder, `${engine}-${name}`);
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'tidemark.yml'), projectFile(place));
  await cp(mappings, join(project, 'mappings'), { recursive: true });
  expectStatus(await runProgram(project), 'applied');
  // The tables that the first run made are read once by the next.
  expectStatus(await runProgram(project), 'idle');
  return { place, project };
};
