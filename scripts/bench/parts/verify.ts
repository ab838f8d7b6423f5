// What it costs to prove that a big target is equal, beside the plain query that somebody would write for it.
import { sampleOf, takeTurns, timed, type Sample } from '../measure.ts';
import { engineName, type Connection } from '../place.ts';
import { runCommand } from '../program.ts';
import { count, sampleCells, sampleHead, times, type Section } from '../section.ts';
import type { Shop } from '../shop.ts';

const promised = 2.5;

/** What the rows should be, joined by the key to what they are. */
const byKey = `select count(*) as different
from (select s.sale_id, c.id as company, c.name, c.country_id
  from marts.fact_sales as s left join staging_public.companies as c on c.id = s.vendor_id) as d
full join marts.fact_sales as t on t.sale_id = d.sale_id
where d.sale_id is null or t.sale_id is null
  or (d.company is not null and (t.vendor_name is distinct from d.name or t.vendor_country_id is distinct from d.country_id))`;

/** Who knows that these rows are their own root need not join them to themselves. */
const inPlace = `select count(*) as different
from marts.fact_sales as s join staging_public.companies as c on c.id = s.vendor_id
where s.vendor_name is distinct from c.name or s.vendor_country_id is distinct from c.country_id`;

const asked = async (connection: Connection, query: string): Promise<number> => {
  let found: unknown;
  const ms = await timed(async () => {
    [found] = await connection.rows(query);
  });
  if (Number((found as { readonly different?: unknown } | undefined)?.different) !== 0)
    throw new Error('the target is not equal');
  return ms;
};

/** From a connection opened for it, as the program opens its own; opening is not counted. */
const turn = (shop: Shop, query: string) => () => shop.place.use((connection) => asked(connection, query));

const ratioOf = (ours: Sample, theirs: Sample): number => ours.medianMs / theirs.medianMs;

export const verify = async (shop: Shop, runs: number): Promise<Section> => {
  const { engine } = shop.place;
  const starts: number[] = [];
  const project = shop.project['every run'];
  const samples = await takeTurns(
    {
      verify: () => runCommand(['verify', '-s', 'fact_sales', '--project', project]),
      byKey: turn(shop, byKey),
      inPlace: turn(shop, inPlace),
      start: async () => {
        const ms = await runCommand(['history', '--project', project]);
        starts.push(ms);
        return ms;
      },
    },
    runs,
  );
  const ratio = ratioOf(samples.verify, samples.byKey);
  return {
    title: `Proving that a target is equal, ${engineName(engine)}`,
    text: `\`fact_sales\`, ${count(shop.scale.sales)} rows, equal to what its mapping yields; the whole \`tidemark verify -s fact_sales\`, process start included, beside the full comparison by hand on an open connection: what the rows should be, joined by their key to what they are. These rows are their own root, so that a query made for this very target does without that join; it is shown as well. What the start of a process is of it: \`tidemark history\` takes ${(sampleOf(starts).medianMs / 1000).toFixed(2)} s.`,
    head: ['', ...sampleHead],
    rows: [
      ['`tidemark verify`', ...sampleCells(samples.verify)],
      ['full comparison by hand', ...sampleCells(samples.byKey)],
      ['made for this target', ...sampleCells(samples.inPlace)],
    ],
    claims: [
      {
        says: `verify of an equal target takes at most ${promised}× a plain full comparison by hand`,
        measured: times(ratio),
        met: ratio <= promised,
      },
    ],
  };
};
