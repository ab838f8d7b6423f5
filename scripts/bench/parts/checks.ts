// What it costs an idle run to see that nobody else wrote our tables: by the engine's marks, as nearly always, and by
// reading all of them, as once a day or after others wrote.
import { makeIdleShop, type IdleShop } from '../idle-shop.ts';
import { sampleOf, type Sample } from '../measure.ts';
import { engineName, type Lab } from '../place.ts';
import { expectStatus, runProbed, type Probed, type Ran } from '../program.ts';
import { percent, seconds, type Section } from '../section.ts';

const allowedShare = 0.2;

/** Marks, where content lies, fingerprints; before the run and at its end. */
const isCheck =
  /pragma_storage_info|pg_stat_all_tables|as cells,|set fingerprint =|"schema_version"|"project"/;

/** As after a day: nothing is believed unread. */
const forget = `update tidemark.relations
set fingerprint = regexp_replace(fingerprint, '"scannedAtMs":[0-9.]+', '"scannedAtMs":0')`;

interface Cost {
  readonly run: Sample;
  readonly checks: Sample;
  readonly share: number;
}

const checksOf = ({ statements }: Probed): number =>
  statements.filter(({ sql }) => isCheck.test(sql)).reduce((sum, { ms }) => sum + ms, 0);

const measured = async (runs: number, run: () => Promise<Ran & Probed>): Promise<Cost> => {
  const [whole, checks, shares]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round <= runs; round += 1) {
    const ran = await run();
    const ms = expectStatus(ran, 'idle');
    if (round === 0) continue;
    whole.push(ms);
    checks.push(checksOf(ran));
    shares.push(checksOf(ran) / ms);
  }
  return { run: sampleOf(whole), checks: sampleOf(checks), share: sampleOf(shares).medianMs };
};

const readAll = async ({ place, project }: IdleShop): Promise<Ran & Probed> => {
  await place.use(({ execute }) => execute(forget));
  const ran = await runProbed(project);
  if (!ran.statements.some(({ sql }) => sql.includes('as cells,'))) throw new Error('no table was read');
  return ran;
};

export const checks = async (lab: Lab, folder: string, runs: number): Promise<Section> => {
  const shop = await makeIdleShop(lab, folder, 'checks');
  const marks = await measured(runs, () => runProbed(shop.project));
  const read = await measured(runs, () => readAll(shop));
  await shop.place.drop();
  const row = (name: string, { run, checks: spent, share }: Cost): readonly string[] => [
    name,
    seconds(run.medianMs),
    seconds(spent.medianMs),
    percent(share),
  ];
  const most = Math.max(marks.share, read.share);
  return {
    title: `What the checks cost an idle run, ${engineName(lab.engine)}`,
    text: `The sample shop, nothing changed. Checks are the statements that ask whose tables these are, whether they have changed, and that keep what was found, as timed inside real runs; guards and drift are judged in the process from what is read anyway. Whole runs, process start included, ${runs} each.`,
    head: ['', 'run', 'of it checks', 'share'],
    rows: [row('tables known by their marks', marks), row('all tables read', read)],
    claims: [
      {
        says: `all checks take less than ${percent(allowedShare)} of an idle run`,
        measured: percent(most),
        met: most < allowedShare,
      },
    ],
  };
};
