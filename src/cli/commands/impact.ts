// tidemark impact
import { impact as readImpact } from '../../batch/impact/impact.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { choiceOf, durationOf, isOn } from '../read-options.ts';
import { impactMarkdown } from '../render/impact-markdown.ts';
import { impactMermaid } from '../render/impact-mermaid.ts';
import { impactText } from '../render/impact-text.ts';
import { impactJson } from '../render/json.ts';
import { usage } from '../usage.ts';

const formats = ['text', 'json', 'mermaid', 'markdown'] as const;

const nothingAsked = (): Error =>
  usage('which column?', '`tidemark impact companies.name`, or `tidemark impact companies` for the table');

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { args, options } = invocation;
  const format = choiceOf(options, 'format', formats) ?? 'text';
  if (args.length === 0) throw nothingAsked();
  const report = await readImpact({
    project: await invocation.project(),
    columns: args,
    rows: isOn(options, 'rows'),
    offline: isOn(options, 'offline'),
    waitMs: durationOf(options, 'wait'),
  });
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
