// The benchmarks: big shops on both engines, every part in turn, figures on the screen and in docs/benchmarks.md.
// Exits 1 when something promised was missed.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { saveBlocks, type Block } from './document.ts';
import { openDuckDbLab } from './duckdb-lab.ts';
import { partNames, readOptions, type Options, type PartName } from './options.ts';
import { aggregates } from './parts/aggregates.ts';
import { alongside } from './parts/alongside.ts';
import { audit } from './parts/audit.ts';
import { checks } from './parts/checks.ts';
import { dictionary } from './parts/dictionary.ts';
import { growth } from './parts/growth.ts';
import { histories } from './parts/histories.ts';
import { idle } from './parts/idle.ts';
import { memory } from './parts/memory.ts';
import { rebuild } from './parts/rebuild.ts';
import { undo } from './parts/undo.ts';
import { verify } from './parts/verify.ts';
import { watched } from './parts/watched.ts';
import type { Lab } from './place.ts';
import { openPostgresLab } from './postgres-lab.ts';
import { asMarkdown, asText, type Section } from './section.ts';
import { makeShop, type MadeShop } from './shop.ts';

const document = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** Of a million companies; smaller shops change less, so that no guard takes it for a disaster. */
const changedCompanies = (scale: number): number => Math.max(1, Math.round(1000 * Math.min(1, scale)));

type Size = 'tiny' | 'small' | 'large';
const shareOfScale: Readonly<Record<Size, number>> = { tiny: 0.01, small: 0.1, large: 1 };

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Shops are made when a part first asks for them. */
const shopsOf = (lab: Lab, folder: string, scale: number): ((size: Size) => Promise<MadeShop>) => {
  const made = new Map<Size, Promise<MadeShop>>();
  return (size) => {
    const companies = Math.ceil(1_000_000 * scale * shareOfScale[size]);
    const known = made.get(size);
    if (known !== undefined) return known;
    say(`making ${companies} companies and ${companies * 5} sales on ${lab.engine}`);
    const making = makeShop(lab, { name: size, folder, scale: { companies, sales: companies * 5 } });
    made.set(size, making);
    return making;
  };
};

const partsOf = (
  lab: Lab,
  folder: string,
  { scale, runs }: Options,
): Readonly<Record<PartName, () => Promise<Section>>> => {
  const shop = shopsOf(lab, folder, scale);
  const changed = changedCompanies(scale);
  const large = async () => (await shop('large')).shop;
  return {
    alongside: async () => alongside(await large(), changed, runs),
    audit: async () => {
      const onePercent = Math.ceil((await large()).scale.companies / 100);
      return audit(await large(), [...new Set([changed, onePercent])], runs);
    },
    memory: async () =>
      memory([await shop('tiny'), await shop('small'), await shop('large')], Math.ceil(changed / 10), runs),
    growth: async () => growth({ small: (await shop('small')).shop, large: await large() }, changed, runs),
    undo: async () => undo(await large(), changed, runs),
    rebuild: async () => rebuild(await large(), changed, runs),
    idle: () => idle(lab, folder, runs),
    checks: () => checks(lab, folder, runs),
    watched: async () => watched(await large(), changed, runs),
    dictionary: () => dictionary(folder, runs),
    verify: async () => verify(await large(), runs),
    histories: () => histories(lab, folder, Math.ceil(2_000_000 * scale), runs),
    aggregates: () => aggregates(lab, folder, Math.ceil(1_000_000 * scale), runs),
  };
};

const commandOf = ({ scale, runs, engines, parts }: Options): string => {
  const flags = [
    ...(scale === 1 ? [] : [`--scale ${scale}`]),
    ...(runs === 5 ? [] : [`--runs ${runs}`]),
    ...(engines.length === 2 ? [] : [`--engine ${engines.join(',')}`]),
    ...(parts.length === partNames.length ? [] : [`--only ${parts.join(',')}`]),
  ];
  return flags.length === 0 ? 'npm run bench' : `npm run bench -- ${flags.join(' ')}`;
};

const footnote = (lab: Lab, options: Options): string => {
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;
  return `\`${commandOf(options)}\`, ${new Date().toISOString().slice(0, 10)}, ${machine}. ${lab.described}.`;
};

interface Measured {
  readonly blocks: readonly Block[];
  readonly missed: number;
}

const measure = async (lab: Lab, folder: string, options: Options): Promise<Measured> => {
  const parts = partsOf(lab, folder, options);
  const blocks: Block[] = [];
  let missed = 0;
  for (const name of options.parts) {
    say(`${name} on ${lab.engine}`);
    const section = await parts[name]();
    process.stdout.write(`\n${asText(section)}\n\n`);
    missed += section.claims.filter((claim) => !claim.met).length;
    blocks.push({
      name: `${name} ${lab.engine} ${options.scale}`,
      text: `${asMarkdown(section)}\n\n${footnote(lab, options)}`,
    });
  }
  return { blocks, missed };
};

/** Gigabytes that must not outlive us, however we end; the Postgres server ends with us by itself. */
const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  return folder;
};

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2), document);
  const folder = temporaryFolder();
  const started = performance.now();
  const blocks: Block[] = [];
  let missed = 0;
  for (const engine of options.engines) {
    const lab = engine === 'duckdb' ? await openDuckDbLab(folder) : await openPostgresLab();
    try {
      const measured = await measure(lab, folder, options);
      blocks.push(...measured.blocks);
      missed += measured.missed;
    } finally {
      await lab.close();
    }
  }
  saveBlocks(options.out, blocks, partNames);
  say(`written to ${options.out} after ${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
  if (missed === 0) return;
  say(`${missed} of the promised figures were missed`);
  if (!options.forgiving) process.exitCode = 1;
};

await main();
