// A table that holds rows when we first see it was built by somebody else: it is taken over if it is what the
// mapping says, and left alone otherwise, with figures, samples and what is likely behind the differences.
import { changedRows, type ImageSummary } from '../../reconcile/relation-view.ts';
import { readSample, sampleImages, type Sample, type SampleRow } from '../../reconcile/samples.ts';
import { sql, table } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import type { ComputedTarget } from './compute-target.ts';
import { refusal } from '../left-out.ts';

const isNumber = (value: unknown): boolean =>
  (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')) &&
  Number.isFinite(Number(value));

/** Every sampled difference is a number off by less than a hundredth. */
const looksRounded = (samples: readonly Sample[]): boolean => {
  const updates = samples.filter(({ operation }) => operation === 'U');
  return (
    updates.length > 0 &&
    updates.every(({ before, after }) =>
      Object.entries(after ?? {}).every(([name, value]) => {
        const old = before?.[name];
        return isNumber(old) && isNumber(value) && Math.abs(Number(old) - Number(value)) < 0.01;
      }),
    )
  );
};

const likelyCauses = (summary: ImageSummary, samples: readonly Sample[]): readonly string[] => {
  const causes: string[] = [];
  if (looksRounded(samples))
    causes.push('the differences look like rounding: compare the casts of model and mapping');
  if (summary.deleted > 0 && summary.inserted === 0) {
    causes.push(
      'rows only in the table: kept on purpose (`on_delete: keep`), from another leg of a union (`where:` or `rows: update-only`), or older than staging',
    );
  }
  if (summary.inserted > 0 && summary.deleted === 0) {
    causes.push(
      'rows missing from the table: filtered by the model (`where:`), or newer than its last build',
    );
  }
  if (summary.updated > 0 && summary.inserted + summary.deleted === 0 && summary.columns.size <= 2) {
    causes.push('only a few columns differ: is their expression in the mapping that of the model?');
  }
  return causes;
};

const figures = (summary: ImageSummary): string => {
  const columns = [...summary.columns].map(([name, cells]) => `${name} ${cells}`).join(', ');
  return `${summary.updated} different${columns === '' ? '' : ` (${columns})`}, ${summary.inserted} missing, ${summary.deleted} extra`;
};

const samplesShown = 5;

export const refuseStrangers = async (
  context: BatchContext,
  session: Session,
  { target, summary, work }: ComputedTarget,
): Promise<void> => {
  const seen = context.known.relations.get(target.name)?.firstBatch !== undefined;
  if (seen || !target.exists || changedRows(summary) === 0 || context.options.adopt.has(target.name)) return;
  const held = await session.rows(sql`select 1 as found from ${table(target.table)} limit 1`);
  if (held.length === 0) return;
  const rows = await session.rows<SampleRow>(
    sampleImages(context.warehouse.dialect, work.scratch.images, samplesShown),
  );
  const samples = rows.map((row) => readSample(row, work.scratch.images));
  const likely = likelyCauses(summary, samples);
  throw refusal(
    'adopt',
    `\`${showTable(target.table)}\` holds rows that differ from its mapping: ${figures(summary)}; nothing was written into it`,
    [
      ...likely,
      `look at it with \`tidemark verify -s ${target.name}\`, then mend the mapping, or overwrite the table with \`tidemark run --adopt ${target.name}\``,
    ].join('; '),
    {
      target: target.name,
      different: summary.updated,
      missing: summary.inserted,
      extra: summary.deleted,
      columns: Object.fromEntries(summary.columns),
      samples,
      likely,
    },
  );
};
