// Times from change to commit, counted in buckets each a tenth wider than the one before: small enough to be kept for
// every batch, and added up over any number of them; a quantile is right to 5 %.

/** Bucket n holds times from 1.1^n to 1.1^(n+1) milliseconds. */
export type LagHistogram = ReadonlyMap<number, number>;

export const lagGrowth = 1.1;

const bucketOf = (ms: number): number => Math.floor(Math.log(Math.max(1, ms)) / Math.log(lagGrowth));

const middleOf = (bucket: number): number => lagGrowth ** (bucket + 0.5);

export const addLags = (histograms: Iterable<LagHistogram>): LagHistogram => {
  const sum = new Map<number, number>();
  for (const histogram of histograms)
    for (const [bucket, count] of histogram) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  return sum;
};

/** The same changes, committed so much later. */
export const laterBy = (histogram: LagHistogram, ms: number): LagHistogram =>
  addLags([...histogram].map(([bucket, count]) => new Map([[bucketOf(middleOf(bucket) + ms), count]])));

export interface LagSummary {
  readonly changes: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
}

const quantile = (sorted: readonly (readonly [number, number])[], changes: number, share: number): number => {
  let seen = 0;
  for (const [bucket, count] of sorted) {
    seen += count;
    if (seen >= changes * share) return Math.round(middleOf(bucket));
  }
  return 0;
};

/** Nothing where nothing changed. */
export const summarizeLags = (histogram: LagHistogram): LagSummary | undefined => {
  const sorted = [...histogram].toSorted(([left], [right]) => left - right);
  const changes = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (changes === 0) return undefined;
  const at = (share: number): number => quantile(sorted, changes, share);
  return { changes, p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99) };
};

export const lagsJson = (histogram: LagHistogram): Readonly<Record<string, number>> =>
  Object.fromEntries(histogram);

export const lagsOfJson = (text: string): LagHistogram =>
  new Map(
    Object.entries(JSON.parse(text) as Record<string, number>).map(([bucket, count]) => [
      Number(bucket),
      count,
    ]),
  );
