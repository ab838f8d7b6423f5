// tidemark impact
import { impact as readImpact } from '../../batch/impact/impact.ts';
import type { ImpactReport } from '../../batch/impact/impact-report.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { choiceOf, durationOf, isOn, textOf } from '../read-options.ts';
import { impactMarkdown } from '../render/impact-markdown.ts';
import { impactMermaid } from '../render/impact-mermaid.ts';
import { impactText } from '../render/impact-text.ts';
import { impactJson } from '../render/json.ts';
import { usage } from '../usage.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const formats = ['text', 'json', 'mermaid', 'markdown'] as const;

const nothingAsked = (): Error =>
  usage(
    'which column?',
    '`tidemark impact companies.name`, `tidemark impact companies` for the table, or `--pending` or `--diff`',
  );

const alone = (flagName: string): Error =>
  usage(
    `\`${flagName}\` stands alone: it names no columns and takes no other question`,
    'leave the rest out',
  );

const reportOf = async (invocation: Invocation): Promise<ImpactReport> => {
  const { args, options, progress } = invocation;
  const [revision, pending, rows, dbt] = [
    textOf(options, 'diff'),
    isOn(options, 'pending'),
    isOn(options, 'rows'),
    isOn(options, 'dbt'),
  ];
  const more = args.length > 0 || rows;
  if (revision !== undefined && (pending || more)) throw alone('--diff');
  if (pending && (more || dbt)) throw alone('--pending');
  if (args.length === 0 && revision === undefined && !pending) throw nothingAsked();
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  if (revision !== undefined) {
    const { impactOfChange } = await import('../../batch/impact/impact-of-change.ts');
    return impactOfChange({ project, revision, dbt });
  }
  return waitingFor(project, invocation, waitMs, async (ms) => {
    if (!pending)
      return readImpact({
        project,
        columns: args,
        rows,
        dbt,
        offline: isOn(options, 'offline'),
        waitMs: ms,
      });
    const { pendingImpact } = await import('../../batch/impact/pending.ts');
    return pendingImpact({ project, progress, waitMs: ms });
  });
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const format = choiceOf(invocation.options, 'format', formats) ?? 'text';
  const report = await reportOf(invocation);
  const json = impactJson(report);
  const texts: Readonly<Record<(typeof formats)[number], Outcome['text']>> = {
    text: (style) => impactText(report, style),
    json: () => JSON.stringify(json),
    mermaid: () => impactMermaid(report),
    markdown: () => impactMarkdown(report),
  };
  return { exit: 0, json, text: texts[format], problems: report.warnings };
};

export const impact: Command = { endsOnSignal: false, execute };
