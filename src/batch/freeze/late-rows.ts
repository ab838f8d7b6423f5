// Rows that only a full compare found: they changed, but their time lies below the window that the run would
// otherwise have read. A loader that stamps rows late needs a longer overlap, or another watermark.
import type { MirrorSource } from '../../dictionary/dictionary.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import { id, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { afterName, type ImageTable } from '../../sql/images.ts';
import type { BatchContext } from '../context.ts';

/** Where a window would begin that was read up to `from`. */
export const windowStart = (context: BatchContext, source: MirrorSource, from: string): Fragment => {
  const type =
    source.columns.find((column) => column.name === source.detect.watermark)?.type ?? 'timestamptz';
  return context.warehouse.dialect.minus(sql`cast(${from} as ${verbatim(type)})`, source.detect.overlapMs);
};

/** An aggregate over the images of a full compare; none where nothing says that a window would have missed a row:
 *  without a position, or with a mapping that takes other rows than before. */
export const countLate = (
  context: BatchContext,
  source: MirrorSource,
  images: ImageTable,
): readonly Fragment[] => {
  const from = context.known.positions.get(source.name)?.watermark;
  const known = context.known.relations.get(source.name);
  const { watermark } = source.detect;
  if (watermark === undefined || from === undefined) return [];
  if (known?.mapping !== context.mappings.get(source.name)) return [];
  const stamp = id('i', afterName(images, watermark));
  return [
    sql`count(*) filter (where i.op <> 'D' and ${stamp} < ${windowStart(context, source, from)}) as late`,
  ];
};

export const lateRows = (source: MirrorSource, rows: number): readonly Problem[] =>
  rows === 0
    ? []
    : [
        {
          code: 'late_rows',
          severity: 'warning',
          message: `source \`${source.name}\`: only the full compare found ${rows} changed row${rows === 1 ? '' : 's'}, stamped earlier than the overlap of ${Math.round(source.detect.overlapMs / 1000)} s looks back`,
          hint: `give the source a longer \`overlap:\`, or a \`watermark:\` that is set when a row arrives`,
          at: source.at,
          details: {
            source: source.name,
            rows,
            watermark: source.detect.watermark,
            overlap_ms: source.detect.overlapMs,
          },
        },
      ];
