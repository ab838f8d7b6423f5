// A whole run against the same statements by hand, which have an open connection and know these tables alone.
import { prepareByHand, runByHand, type Form } from '../by-hand.ts';
import { takeTurns, timed, type Sample, type Turn } from '../measure.ts';
import type { ShopEngine } from '../../shop/build-targets.ts';
import { engineName, onlyText, type Connection } from '../place.ts';
import { expectStatus, runProgram } from '../program.ts';
import { count, sampleCells, sampleHead, seconds, times, type Section } from '../section.ts';
import type { Shop } from '../shop.ts';

const allowedFactor = 1.5;
const allowedExtraMs = 400;

/** Both must have done the same work: the same cells in the targets, as many rows in the audit. */
const outcome = async (connection: Connection, engine: ShopEngine, audit: string): Promise<string> => {
  const text = `concat_ws('|', sale_id, vendor_name, vendor_country_id)`;
  const hash = engine === 'duckdb' ? `hash(${text})` : `cast(hashtextextended(${text}, 0) as numeric)`;
  const sales = await onlyText(connection, `select cast(sum(${hash}) as varchar) from marts.fact_sales`);
  const audited = await onlyText(connection, `select count(*) from ${audit}`);
  return `${sales}, ${audited} audited`;
};

const writers = async (
  shop: Shop,
  forms: readonly Form[],
  work: (
    hands: ReadonlyMap<Form, { readonly shop: Shop; readonly connection: Connection }>,
  ) => Promise<Section>,
): Promise<Section> => {
  const hands = new Map<Form, { readonly shop: Shop; readonly connection: Connection }>();
  const open = async ([form, ...rest]: readonly Form[]): Promise<Section> => {
    if (form === undefined) return work(hands);
    const copy = await shop.copy(`hand_${form.replaceAll(' ', '_')}`);
    try {
      return await copy.place.use(async (connection) => {
        await prepareByHand(connection, shop.place.engine);
        hands.set(form, { shop: copy, connection });
        return open(rest);
      });
    } finally {
      await copy.place.drop();
    }
  };
  return open(forms);
};

/** By hand as a job that cron starts: it opens the file and closes it, which reads it anew and writes the checkpoint
 *  that an open connection leaves for later. On a server that is one more connection. */
const opened = 'delete and insert, the file opened and closed';

const openedByHand = async (
  shop: Shop,
  work: (turn: (companies: number) => Promise<number>) => Promise<Section>,
): Promise<Section> => {
  const { engine } = shop.place;
  const copy = await shop.copy('hand_opened');
  try {
    await copy.place.use((connection) => prepareByHand(connection, engine));
    return await work(async (companies) => {
      await copy.change(companies);
      return timed(() =>
        copy.place.use((connection) =>
          runByHand(connection, { engine, form: 'delete and insert', audit: true }),
        ),
      );
    });
  } finally {
    await copy.place.drop();
  }
};

const told = (shop: Shop, companies: number, samples: Readonly<Record<string, Sample>>): Section => {
  const { engine } = shop.place;
  const { run, ...hands } = samples;
  if (run === undefined) throw new RangeError('the run was not measured');
  const connected = Object.entries(hands).filter(([name]) => name !== opened);
  const best = Math.min(...connected.map(([, sample]) => sample.medianMs));
  const allowed = allowedFactor * best + allowedExtraMs;
  const rows = Object.entries(samples).map(([name, sample]) => [
    name === 'run' ? '`tidemark run`, process start included' : `by hand, ${name}`,
    ...sampleCells(sample),
  ]);
  return {
    title: `A run beside the same statements by hand, ${engineName(engine)}`,
    text: `${count(shop.scale.companies)} companies, ${count(shop.scale.sales)} sales, ${count(companies)} renamed companies and their sales per round, fresh ones each time. By hand means: written for these two targets, in one transaction on an open connection, with the look for deleted rows, an audit row per written row, mirror, ledger and position, and without lease, guards, checks of who else wrote, and all else that makes it a tool. Each has its own copy of the tables; the copies are compared at the end.`,
    head: ['', ...sampleHead],
    rows,
    claims: [
      {
        says: `the whole run takes at most ${allowedFactor}× the faster form by hand plus ${seconds(allowedExtraMs)}, so ${seconds(allowed)}`,
        measured: `${seconds(run.medianMs)} (${times(run.medianMs / best)})`,
        met: run.medianMs <= allowed,
      },
    ],
  };
};

export const alongside = async (shop: Shop, companies: number, runs: number): Promise<Section> => {
  const { engine } = shop.place;
  const forms: readonly Form[] = engine === 'duckdb' ? ['update', 'delete and insert'] : ['update'];
  const measured = async (
    hands: ReadonlyMap<Form, { readonly shop: Shop; readonly connection: Connection }>,
    others: Readonly<Record<string, Turn>> = {},
  ): Promise<Section> => {
    const turns: Record<string, Turn> = {
      run: async () => {
        await shop.change(companies);
        return expectStatus(await runProgram(shop.project['every run']), 'applied');
      },
    };
    for (const [form, { shop: copy, connection }] of hands) {
      turns[form] = async () => {
        await copy.changeOn(connection, companies);
        return timed(() => runByHand(connection, { engine, form, audit: true }));
      };
    }
    const samples = await takeTurns({ ...turns, ...others }, runs);
    const ours = await shop.place.use((connection) => outcome(connection, engine, 'tidemark.audit'));
    for (const [form, { connection }] of hands) {
      const theirs = await outcome(connection, engine, 'by_hand.audit');
      if (theirs !== ours) throw new Error(`the run left ${ours}; by hand, ${form}: ${theirs}`);
    }
    return told(shop, companies, samples);
  };
  return writers(shop, forms, (hands) =>
    engine === 'duckdb'
      ? openedByHand(shop, (turn) => measured(hands, { [opened]: () => turn(companies) }))
      : measured(hands),
  );
};
