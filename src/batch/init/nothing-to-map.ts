// A project file without a mapping is no project: `validate` would send its owner back to `init`. What was missing is
// said instead, and nothing is written.
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { InitDraft, InitTarget } from './init-report.ts';
import { projectFileName } from './project-file.ts';

/** More are counted: each has its reason, and they are much alike. */
const most = 5;

const reasonsOf = (left: readonly InitTarget[]): string => {
  const told = left
    .slice(0, most)
    .map(({ name, reason }) => `\`${name}\`: ${reason ?? 'it cannot be traced'}`);
  const rest = left.length - told.length;
  return [...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
};

interface Advice {
  /** What is missing where there was not even a table to look at. */
  readonly none: { readonly message: string; readonly hint: string };
  /** What may be done where there were some. */
  readonly otherwise: string;
}

export const refuseNothing = <Draft extends InitDraft>(draft: Draft, { none, otherwise }: Advice): Draft => {
  const { files, report } = draft;
  const left = report.targets.filter(({ status }) => status === 'left');
  const isSomething =
    files.some(({ file }) => file !== projectFileName) || left.length < report.targets.length;
  if (isSomething) return draft;
  if (left.length === 0) throw new TidemarkError('no_sources', none);
  throw new TidemarkError('no_sources', {
    message: `nothing can be kept in step yet, and nothing was written: ${reasonsOf(left)}`,
    hint: `mend one of them and call \`tidemark init\` again; ${otherwise}`,
  });
};
