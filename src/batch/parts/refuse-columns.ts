// Columns that a reconcile is to narrow itself to: one that is none is refused before anything is read.
import type { Dictionary } from '../../dictionary/dictionary.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { nearest } from '../../project/nearest.ts';

interface Named {
  readonly columns?: readonly string[] | undefined;
  readonly reconcile?: readonly string[] | undefined;
}

export const refuseUnknownColumns = (
  { targets }: Pick<Dictionary, 'targets'>,
  { columns = [], reconcile = [] }: Named,
): void => {
  const [first] = columns;
  if (first === undefined) return;
  if (reconcile.length === 0) {
    throw new TidemarkError('usage', {
      message: `--column names \`${first}\`, but not of which target`,
      hint: `add the target: \`-s TARGET --column ${first}\``,
    });
  }
  const mapped = targets
    .filter(({ name }) => reconcile.includes(name))
    .flatMap((target) => target.columns.map(({ name }) => name));
  const unknown = columns.find((name) => !mapped.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, mapped);
  throw new TidemarkError('unknown_column', {
    message: `--column names \`${unknown}\`, which is no mapped column of ${reconcile.map((name) => `\`${name}\``).join(', ')}`,
    hint: near === undefined ? `mapped are: ${mapped.join(', ')}` : `did you mean \`${near}\`?`,
  });
};
