// What it costs a run to be watched: metrics, a structured log, lineage and a channel for alerts beside a run without them;
// and what it costs to be told every statement besides, which is for those who look for a fault.
import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { takeTurns, type Sample, type Turn } from '../measure.ts';
import { engineName } from '../place.ts';
import { expectStatus, runProgram } from '../program.ts';
import { count, percent, sampleCells, sampleHead, type Section } from '../section.ts';
import type { Shop } from '../shop.ts';

const allowedShare = 0.02;
/** Some thousandths of a run are looked for: more rounds than elsewhere. */
const roundsPerRun = 3;

/** Nothing fails, so that no channel is called: it costs what a good run pays. */
const watching = `openlineage: { file: lineage.ndjson }
alerts: { channels: { nobody: { command: ['true'] } } }
`;

export const watched = async (shop: Shop, companies: number, runs: number): Promise<Section> => {
  const plain = shop.project['24h'];
  const project = `${plain}-watched`;
  await cp(plain, project, { recursive: true });
  await appendFile(join(project, 'tidemark.yml'), watching);
  const flags = ['--metrics-file', join(project, 'tidemark.prom'), '--log-format', 'json'];
  const turn =
    (folder: string, further: readonly string[]): Turn =>
    async () => {
      await shop.change(companies);
      return expectStatus(await runProgram(folder, further), 'applied');
    };
  const samples = await takeTurns(
    {
      plain: turn(plain, []),
      watched: turn(project, flags),
      verbose: turn(project, [...flags, '--verbose']),
    },
    roundsPerRun * runs,
  );
  const more = ({ medianMs }: Sample): string => percent(Math.max(0, medianMs / samples.plain.medianMs - 1));
  return {
    title: `What watching costs a run, ${engineName(shop.place.engine)}`,
    text: `${count(shop.scale.companies)} companies, ${count(shop.scale.sales)} sales, ${count(companies)} renamed companies per round. Watched: a file of metrics, a JSON log, lineage events into a file, a channel for alerts. To be told every statement as well (\`--verbose\`) costs ${more(samples.verbose)}; shown, not promised.`,
    head: ['', ...sampleHead],
    rows: [
      ['`tidemark run`', ...sampleCells(samples.plain)],
      ['`tidemark run`, watched', ...sampleCells(samples.watched)],
      ['`tidemark run`, watched, `--verbose`', ...sampleCells(samples.verbose)],
    ],
    claims: [
      {
        says: `watching costs less than ${percent(allowedShare)} of a run`,
        measured: more(samples.watched),
        met: samples.watched.medianMs < samples.plain.medianMs * (1 + allowedShare),
      },
    ],
  };
};
