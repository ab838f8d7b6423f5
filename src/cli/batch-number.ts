// The batch that an argument names: a number, or `last`.
import { history } from '../batch/history.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { usage } from './usage.ts';

export const batchNumber = async (
  command: string,
  text: string | undefined,
  project: Project,
  waitMs: number,
): Promise<number> => {
  if (text === undefined)
    throw usage(
      'which batch?',
      `\`tidemark ${command} 42\`, or \`tidemark ${command} last\`; \`tidemark history\` lists them`,
    );
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (text !== 'last')
    throw usage(`a batch is a number or \`last\`, not \`${text}\``, '`tidemark history` lists them');
  const { batches } = await history({ project, limit: 1, waitMs });
  const batch = batches[0]?.batch;
  if (batch !== undefined) return batch;
  throw new TidemarkError('unknown_batch', {
    message: 'no batch was committed yet',
    hint: '`tidemark run` makes the first',
  });
};
