// What cannot be undone, said in one way.
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { BatchRecord } from '../../store/batches.ts';

export const notUndoable = (message: string, hint?: string): TidemarkError =>
  new TidemarkError('not_undoable', { message: `${message}; nothing was written`, hint });

export const numbersOf = (batches: readonly { readonly batch: number }[]): string =>
  batches.map(({ batch }) => batch).join(', ');

export const withoutChanges = (batches: readonly BatchRecord[]): TidemarkError =>
  notUndoable(
    batches.some(({ kind }) => kind === 'bootstrap')
      ? `batch ${numbersOf(batches)} was a first run: before it there was nothing that it could be set back to`
      : `batch ${numbersOf(batches)} has no source changes that could be taken back`,
  );

/** It filled mirrors, or brought source changes, and wrote into targets besides. */
export const withWritesOnly = (batches: readonly BatchRecord[], rows: number): TidemarkError => {
  const what = `${rows.toLocaleString('en-US')} row${rows === 1 ? '' : 's'}`;
  const hint = `\`--with-writes\` takes back what was written into targets for no source change (${what})`;
  return batches.some(({ kind }) => kind === 'bootstrap')
    ? notUndoable(
        `batch ${numbersOf(batches)} was a first run: before it there was nothing that its mirrors could be set back to`,
        hint,
      )
    : notUndoable(`batch ${numbersOf(batches)} has source changes, which \`-s\` does not narrow`, hint);
};
