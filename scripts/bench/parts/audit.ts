// What the audit costs: its statements within real runs, and the same job by hand with and without it.
import { prepareByHand, runByHand } from '../by-hand.ts';
import { sampleOf, takeTurns, timed, type Sample } from '../measure.ts';
import { engineName } from '../place.ts';
import { expectStatus, runProbed } from '../program.ts';
import { count, percent, seconds, type Section } from '../section.ts';
import type { Shop } from '../shop.ts';

const allowedShare = 0.3;

interface Cost {
  readonly companies: number;
  readonly run: Sample;
  readonly audit: Sample;
  readonly handWith: Sample;
  readonly handWithout: Sample;
}

const inRuns = async (shop: Shop, companies: number, runs: number): Promise<Pick<Cost, 'run' | 'audit'>> => {
  const [whole, audit]: [number[], number[]] = [[], []];
  for (let round = 0; round < runs; round += 1) {
    await shop.change(companies);
    const ran = await runProbed(shop.project['every run']);
    whole.push(expectStatus(ran, 'applied'));
    const own = ran.statements.filter(({ sql }) => /^insert into "[^"]+"\."audit"/.test(sql));
    audit.push(own.reduce((sum, { ms }) => sum + ms, 0));
  }
  return { run: sampleOf(whole), audit: sampleOf(audit) };
};

const byHand = async (
  shop: Shop,
  companies: number,
  runs: number,
): Promise<Pick<Cost, 'handWith' | 'handWithout'>> => {
  const { engine } = shop.place;
  const form = engine === 'duckdb' ? 'delete and insert' : 'update';
  return shop.place.use(async (connection) => {
    const turn = (audit: boolean) => async () => {
      await shop.changeOn(connection, companies);
      return timed(() => runByHand(connection, { engine, form, audit }));
    };
    const samples = await takeTurns({ handWith: turn(true), handWithout: turn(false) }, runs);
    return samples;
  });
};

const shareOf = ({ run, audit }: Cost): number => audit.medianMs / (run.medianMs - audit.medianMs);
const shareByHand = ({ handWith, handWithout }: Cost): number => handWith.medianMs / handWithout.medianMs - 1;

const rowOf = (shop: Shop, cost: Cost): readonly string[] => [
  `${count(cost.companies)} companies (${percent(cost.companies / shop.scale.companies)})`,
  seconds(cost.run.medianMs),
  seconds(cost.audit.medianMs),
  percent(shareOf(cost)),
  seconds(cost.handWithout.medianMs),
  seconds(cost.handWith.medianMs),
  percent(shareByHand(cost)),
];

export const audit = async (shop: Shop, changes: readonly number[], runs: number): Promise<Section> => {
  const { engine } = shop.place;
  const copy = await shop.copy('hand_audit');
  const costs: Cost[] = [];
  try {
    await copy.place.use((connection) => prepareByHand(connection, engine));
    for (const companies of changes) {
      costs.push({
        companies,
        ...(await inRuns(shop, companies, runs)),
        ...(await byHand(copy, companies, runs)),
      });
    }
  } finally {
    await copy.place.drop();
  }
  const most = Math.max(...costs.map(shareOf));
  return {
    title: `What the audit adds, ${engineName(engine)}`,
    text: `The statements that write the audit, as timed inside real runs, against the rest of the run, process start included; and the job by hand (the faster form) with and without its audit rows. ${runs} runs each.`,
    head: ['changed', 'run', 'of it audit', 'adds', 'by hand without', 'with', 'adds'],
    rows: costs.map((cost) => rowOf(shop, cost)),
    claims: [
      {
        says: `the audit adds at most ${percent(allowedShare)} to a run at up to 1 % changed rows`,
        measured: percent(most),
        met: most <= allowedShare,
      },
    ],
  };
};
