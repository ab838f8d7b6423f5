// What a verification found, in figures for those who watch: they last until the next one.
import type { Metrics } from '../observe/metrics.ts';
import type { VerifiedTarget, VerifyReport } from './verify/report.ts';

const wrongIn = ({ different, missing, extra, rules }: VerifiedTarget): number =>
  Object.values(rules ?? {}).reduce((sum, versions) => sum + versions, different + missing + extra);

/** Within a budget a target is proved when its end was reached, maybe some calls ago. */
const provedAt = ({ proof }: VerifiedTarget, nowMs: number): number | undefined => {
  if (proof === undefined) return nowMs;
  return proof.proved_at === null ? undefined : Date.parse(proof.proved_at);
};

export const measureVerify = (metrics: Metrics, report: VerifyReport, nowMs: number): void => {
  for (const target of report.targets) {
    const at = provedAt(target, nowMs);
    metrics.set('tidemark_verify_differences', { target: target.name }, wrongIn(target));
    if (at !== undefined)
      metrics.set('tidemark_verified_timestamp_seconds', { target: target.name }, at / 1000);
  }
  for (const { name, missed } of report.mirrors ?? [])
    metrics.set('tidemark_verify_missed_rows', { source: name }, missed);
};
