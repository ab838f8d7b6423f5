// How far the proof of a target has come, as reports tell it.
import { createHash } from 'node:crypto';
import type { Progress as Proof } from '../../store/verified.ts';
import type { TargetProof } from './report.ts';

const valueOf = (text: string): unknown => {
  const number = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(number) ? number : text;
};

export const proofOf = ({ column, pass, proved }: Proof, complete: boolean): TargetProof => ({
  complete,
  up_to: column === null || pass === null || pass.after === null ? null : { [column]: valueOf(pass.after) },
  rows: pass?.rows ?? proved?.rows ?? 0,
  proved_at: proved?.at ?? null,
});

/** Says that a mapping is another one. */
export const mappingHash = (mapping: string | undefined): string =>
  createHash('sha256')
    .update(mapping ?? '')
    .digest('hex')
    .slice(0, 16);
