// tidemark init
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { init } from '../../batch/init/init.ts';
import type { InitOptions } from '../../batch/init/init-options.ts';
import type { InitReport } from '../../batch/init/init-report.ts';
import type { ToRead } from '../../batch/init/to-read.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn, percentOf, textOf } from '../read-options.ts';
import { renderInit } from '../render/init.ts';
import { plainStyle } from '../render/style.ts';
import { bytesText, count } from '../render/text.ts';
import { readersWaitMs, untilFree } from '../waiting.ts';

/** The folder of the project file, which need not be there yet. */
const directoryOf = ({ options, variables }: Invocation): string => {
  const path = resolve(textOf(options, 'project') ?? (variables['TIDEMARK_PROJECT'] || '.'));
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? dirname(path) : path;
};

const agreeing = ({ options, ask }: Invocation): InitOptions['agree'] => {
  if (isOn(options, 'yes')) return () => Promise.resolve(true);
  if (ask === undefined) return () => Promise.resolve(false);
  return async (report: InitReport) => {
    const answer = await ask(`${renderInit(report, plainStyle)}\n\nwrite these files? [Y/n] `);
    return /^(?:y|yes)?$/i.test(answer.trim());
  };
};

/** So many tables that a person may rather begin with one. */
const many = 8;

const picking = ({ options, select, ask }: Invocation): InitOptions['pick'] => {
  if (ask === undefined || isOn(options, 'yes') || select.length > 0) return undefined;
  return async (names) => {
    if (names.length < many) return [];
    const answer = await ask(
      `${names.length} tables are built here: ${names.join(', ')}\nwhich of them? (names with commas, \`fct_orders+\` with all that reads it; nothing: all) `,
    );
    return answer.split(/[\s,]+/).filter((name) => name !== '');
  };
};

/** From here on a part of the rows may be the better beginning. */
const muchBytes = 1e9;

const readsText = ({ tables, bytes, unsized }: ToRead, samplePercent: number | undefined): string => {
  const size = unsized === tables ? 'of unknown size' : `about ${bytesText(bytes)}`;
  const besides =
    unsized === 0 || unsized === tables ? '' : `, and ${count(unsized, 'view')} whose size is not known`;
  const advice =
    bytes >= muchBytes && samplePercent === undefined ? '; `--sample 5%` compares a part of the rows' : '';
  return `looking into ${count(tables, 'table')}, ${size}${besides}${advice}`;
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, select, progress, variables, json, log } = invocation;
  const samplePercent = percentOf(options, 'sample');
  const wish = {
    directory: directoryOf(invocation),
    variables,
    environment: textOf(options, 'env'),
    dbt: textOf(options, 'dbt'),
    dbtTarget: textOf(options, 'dbtTarget'),
    manifest: textOf(options, 'manifest'),
    duckdb: textOf(options, 'duckdb'),
    urlVariable: textOf(options, 'postgres'),
    select,
    update: isOn(options, 'update'),
    samplePercent,
    onRead: json ? undefined : (reads: ToRead) => log.info(readsText(reads, samplePercent), { ...reads }),
    agree: agreeing(invocation),
    pick: picking(invocation),
    progress,
  };
  const report = await untilFree(invocation, durationOf(options, 'wait') ?? readersWaitMs, (waitMs) =>
    init({ ...wish, waitMs }),
  );
  return { exit: 0, json: report, text: (style) => renderInit(report, style) };
};

export const initProject: Command = { endsOnSignal: false, execute };
