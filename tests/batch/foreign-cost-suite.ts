// What the check of foreign writes costs: of an idle run of the sample shop, less than a fifth.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { withContext } from '../../src/batch/open.ts';
import { runIn } from '../../src/batch/run.ts';
import { observe } from '../../src/batch/drift/watch.ts';
import { buildTargets } from '../../scripts/shop/build-targets.ts';
import { generateShop } from '../../scripts/shop/generate.ts';
import { openPlace, projectAt, schemasOf } from '../property/place.ts';
import type { Engine } from '../support/sandbox.ts';

const mappings = fileURLToPath(new URL('../../mappings/', import.meta.url));
const scale = { companies: 2_000, sales: 20_000 };

/** The least of several: what the work costs when nobody else has the processor. */
const tries = 7;

const leastMs = async (work: () => Promise<unknown>): Promise<number> => {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < tries; turn += 1) {
    const from = performance.now();
    await work();
    least = Math.min(least, performance.now() - from);
  }
  return least;
};

export const describeForeignCost = (engine: Engine): void => {
  it(`looking at all tables takes less than 20 % of an idle run of the shop on ${engine}`, async () => {
    const place = await openPlace(engine);
    try {
      const { warehouse } = place;
      const schemas = schemasOf('cost');
      const project = projectAt(place, schemas, mappings);
      await generateShop(place.rows, { seed: 1, scale, schema: schemas.staging });
      await buildTargets(place.rows, { engine, readFrom: schemas.staging, buildInto: schemas.targets });
      await runIn(warehouse, { project });
      const run = await leastMs(async () =>
        expect((await runIn(warehouse, { project })).report.status).toBe('idle'),
      );
      const look = await withContext({ project, warehouse }, (context) => leastMs(() => observe(context)));
      process.stdout.write(
        `${engine}: ${look.toFixed(1)} of ${run.toFixed(0)} ms, ${((100 * look) / run).toFixed(1)} % of an idle run\n`,
      );
      expect(look / run).toBeLessThan(0.2);
    } finally {
      await place.close();
    }
  });
};
