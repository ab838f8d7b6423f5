// tidemark show
import { show as showBatch, type ShowReport } from '../../batch/show.ts';
import { batchNumber } from '../batch-number.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn, wholeOf } from '../read-options.ts';
import { effect, figuresTables, totalsOf } from '../render/batch.ts';
import { renderTargets } from '../render/changed-rows.ts';
import type { Style } from '../render/style.ts';
import { instantUtc, number, phases, value } from '../render/text.ts';
import { usage } from '../usage.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const headline = (report: ShowReport): string => {
  return `batch ${report.batch} (${report.kind}, ${report.status}): ${effect(report.kind, totalsOf(report))}`;
};

const facts = (report: ShowReport): string => {
  const who = [report.actor, report.host].filter((each) => each !== null).join(' on ');
  const written = new Set(report.targets.map(({ name }) => name));
  // Of the targets that it wrote: JSON has them all.
  const mappings = report.mapping
    .split(' ')
    .filter((each) => written.has(each.slice(0, each.lastIndexOf(':'))))
    .join(', ');
  const meta = Object.entries(report.meta).map(([name, text]) => `${name}=${value(text)}`);
  return [
    `data as of     ${instantUtc(report.moment)}`,
    `committed      ${instantUtc(report.committed_at)}${who === '' ? '' : ` by ${who}`}`,
    ...(report.command === null ? [] : [`started by     \`tidemark ${report.command}\`, run ${report.run}`]),
    ...(report.changed_by.length === 0
      ? []
      : [
          `changed by     ${report.changed_by.map(({ actor, changes }) => `${value(actor)} (${number(changes)})`).join(', ')}`,
        ]),
    ...(meta.length === 0 ? [] : [`meta           ${meta.join(', ')}`]),
    ...(mappings === '' ? [] : [`mappings       ${mappings}`]),
    ...(report.undoes === undefined
      ? []
      : [`undoes         ${report.undoes.map((each) => `batch ${each}`).join(', ')}`]),
    ...(report.undone_by === undefined ? [] : [`undone         by batch ${report.undone_by}`]),
    ...(report.pruned_at === undefined
      ? []
      : [`pruned         ${instantUtc(report.pruned_at)}: its records are gone, it cannot be undone`]),
  ].join('\n');
};

interface Page {
  readonly rows: boolean;
  readonly offset: number;
}

const pageLine = (report: ShowReport, page: Page): string => {
  const { rows } = totalsOf(report);
  if (!page.rows || report.pruned_at !== undefined) return '';
  const last = page.offset + report.audit.length;
  const more = last < rows ? `; \`--offset ${last}\` goes on` : '';
  return report.audit.length === 0
    ? `no row from ${number(page.offset)} on; there are ${number(rows)}`
    : `rows ${number(page.offset + 1)} to ${number(last)} of ${number(rows)}${more}`;
};

const render = (report: ShowReport, page: Page, style: Style): string => {
  const targets = report.targets.map((figures) => ({
    target: figures.name,
    rows: report.audit.filter(({ target }) => target === figures.name),
    total: figures.inserted + figures.updated + figures.deleted,
  }));
  const shown = page.rows ? targets.map((each) => ({ ...each, total: each.rows.length })) : targets;
  const samples = renderTargets(shown, style);
  const line = pageLine(report, page);
  return [
    `${headline(report)}\n${facts(report)}`,
    ...figuresTables(report, style),
    ...(samples === '' ? [] : [samples]),
    ...(line === '' ? [] : [line]),
    phases(report.phases, report.duration_ms, style),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, args } = invocation;
  const [text] = args;
  const rows = isOn(options, 'rows');
  const limit = wholeOf(options, 'limit');
  const offset = wholeOf(options, 'offset');
  if (!rows && (limit ?? offset) !== undefined) throw usage('`--limit` and `--offset` go with `--rows`');
  const dbt = isOn(options, 'dbtSelect');
  if (dbt && rows) throw usage('`--dbt-select` and `--rows` are two questions', 'ask one after the other');
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  const report = await waitingFor(project, invocation, waitMs, async (ms) =>
    showBatch({
      project,
      batch: await batchNumber('show', text, project, ms),
      rows,
      dbt,
      limit,
      offset,
      waitMs: ms,
    }),
  );
  return {
    exit: 0,
    json: rows ? report : { ...report, audit: [] },
    text: (style) =>
      dbt
        ? (report.stale ?? []).map(({ select }) => select).join(' ')
        : render(report, { rows, offset: offset ?? 0 }, style),
  };
};

export const show: Command = { endsOnSignal: false, execute };
