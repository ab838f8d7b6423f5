// tidemark why
import { why as explain } from '../../batch/why.ts';
import type { WhyReport } from '../../batch/why-report.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, textOf } from '../read-options.ts';
import { renderWhy } from '../render/why.ts';
import { usage } from '../usage.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

interface Asked {
  readonly target: string;
  readonly key: Readonly<Record<string, string>>;
  readonly column: string | undefined;
}

const asked = ([target, ...words]: readonly string[], where: string | undefined): Asked => {
  if (target === undefined)
    throw usage('why what?', '`tidemark why TARGET column=value… [COLUMN]`, with the key of the row');
  const pairs = words.filter((word) => word.includes('='));
  const [column, more] = words.filter((word) => !word.includes('='));
  if (more !== undefined)
    throw usage(`\`${more}\`: one column at a time`, 'leave the column out to see the whole row');
  if (where !== undefined && pairs.length > 0) throw usage('`--where` and a key exclude each other');
  if (where === undefined && pairs.length === 0)
    throw usage(`which row of \`${target}\`?`, 'give its key, `column=value`, or `--where SQL`');
  const key = pairs.map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return { target, key: Object.fromEntries(key), column };
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, args } = invocation;
  const where = textOf(options, 'where');
  const what = asked(args, where);
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  const report: WhyReport = await waitingFor(project, invocation, waitMs, (ms) =>
    explain({ project, ...what, where, waitMs: ms }),
  );
  return { exit: 0, json: report, text: (style) => renderWhy(report, style) };
};

export const why: Command = { endsOnSignal: false, execute };
