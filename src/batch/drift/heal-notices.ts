// Targets that are set right again and again: whoever writes them must be found, or it never ends.
import type { Problem } from '../../errors/tidemark-error.ts';
import { healsUntold } from '../../store/heals.ts';
import type { ComputedTarget } from '../compute/compute-target.ts';

const count = (figure: number): string => figure.toLocaleString('en-US');

const noticeFor = ({ target, heals }: ComputedTarget): readonly Problem[] => {
  if (heals === undefined || heals.times <= healsUntold) return [];
  const { rows, times, since } = heals;
  return [
    {
      code: 'healed_again',
      severity: 'warning',
      message: `target \`${target.name}\`: somebody else wrote it again: the last ${count(times)} batches that wrote it, since batch ${since}, each set right what others had changed (${count(rows)} ${rows === 1 ? 'row' : 'rows'} now)`,
      hint: `look for a trigger of the table, another job that writes it, or a dbt model whose expression differs from the mapping; \`tidemark history -s ${target.name}\` lists the batches, \`tidemark show BATCH --rows\` what was found there`,
      at: target.at,
      details: { relation: target.name, rows, times, since },
    },
  ];
};

export const healNotices = (targets: readonly ComputedTarget[]): readonly Problem[] =>
  targets.flatMap(noticeFor);
