// What was settled, as files to be written and as a report.
import { showTable } from '../../sql/table-name.ts';
import type { Project } from '../../project/project.ts';
import type { InitDraft, InitReport, InitTarget, NewFile } from './init-report.ts';
import { reportSource } from './init-report.ts';
import { sourcesFile, targetFile } from './mapping-files.ts';
import type { Form, SourceProposal } from './proposal.ts';
import { noticesOf } from './notices.ts';
import { projectFileName } from './project-file.ts';
import type { ToRead } from './to-read.ts';
import { sourcesUsed, whyLeft, type Settled } from './settle.ts';
import type { LeftOut } from './tables-of-dbt.ts';

export interface DraftQuestion {
  readonly project: Project;
  /** None: the project file is there already. */
  readonly projectText: string | undefined;
  readonly settled: readonly Settled[];
  readonly left: readonly LeftOut[];
  /** Targets that a mapping has already. */
  readonly already: readonly { readonly name: string; readonly file: string }[];
  /** Sources to be written though no target reads them. */
  readonly besides?: readonly SourceProposal[];
  /** Names of sources that are declared already. */
  readonly declared: ReadonlySet<string>;
  readonly coverage: InitReport['coverage'];
  readonly sample: number | undefined;
  readonly reads: ToRead;
  readonly pathOf: (name: string | undefined) => string;
}

const columnsOf = (form: Form | undefined, { line }: Settled): number => {
  if (form === undefined) return 0;
  return form.kind === 'model' ? line.candidate.info.columns.length : form.columns.length;
};

/** What did not hold is written for people, not enabled; where it could not even be looked at it is not. */
const waitingForm = ({ form, failed }: Settled): Settled['failed'][number] | undefined =>
  form === undefined ? failed.find(({ match }) => match !== undefined) : undefined;

const reportTarget = (one: Settled, pathOf: DraftQuestion['pathOf']): InitTarget => {
  const { form, looked, line } = one;
  const waiting = waitingForm(one);
  const match = looked?.match ?? waiting?.match;
  const kept = form ?? waiting?.form;
  return {
    name: line.candidate.name,
    status: form !== undefined ? 'mapped' : waiting !== undefined ? 'waiting' : 'left',
    form: kept?.kind ?? null,
    columns: columnsOf(kept, one),
    of: line.candidate.info.columns.length,
    match: match?.percent ?? null,
    rows: match?.rows ?? null,
    reason: form === undefined || form.kind === 'this' ? reasonOf(one) : null,
    notices: looked?.notices ?? [],
    file: kept === undefined ? null : pathOf(line.candidate.name),
  };
};

/** Of columns that pass through: why it is not the whole table. */
const reasonOf = (one: Settled): string | null => {
  if (one.form !== undefined && one.failed.length === 0 && one.line.reasons.length === 0) return null;
  return whyLeft(one);
};

const targetFiles = ({ settled, pathOf }: DraftQuestion): readonly NewFile[] =>
  settled.flatMap((one) => {
    const { line, form, looked } = one;
    const { candidate } = line;
    const file = pathOf(candidate.name);
    if (form !== undefined) {
      const why = form.kind === 'this' ? reasonOf(one) : null;
      const notices = [...(looked?.notices ?? []), ...(why === null ? [] : [`Not by its own SQL: ${why}`])];
      return [{ file, text: targetFile({ candidate, form, match: looked?.match, notices }, true) }];
    }
    const waiting = waitingForm(one);
    return waiting === undefined ? [] : [{ file, text: targetFile(waiting, false) }];
  });

const emptyCut = { columns: 0, of: 0, match: null, rows: null, notices: [], form: null } as const;

export const draftOf = (asked: DraftQuestion): InitDraft & { readonly project: Project } => {
  const { project, projectText, settled, left, already, besides = [], declared, pathOf } = asked;
  const isNew = ({ name }: SourceProposal): boolean => !declared.has(name);
  const used = sourcesUsed(settled).filter(isNew);
  const held = sourcesUsed(settled.map((one) => ({ line: one.line, form: waitingForm(one)?.form }))).filter(
    isNew,
  );
  const needed = [...used, ...besides];
  // A dictionary without a source would be none.
  const first = needed.length === 0 && declared.size === 0 ? held : needed;
  const active = [...new Map(first.map((source) => [source.name, source])).values()].toSorted((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  const names = new Set(active.map(({ name }) => name));
  const waiting = held.filter((source) => !names.has(source.name));
  const sources: readonly NewFile[] =
    active.length === 0
      ? []
      : [{ file: pathOf(undefined), text: sourcesFile(active, waiting, project.schemas.staging) }];
  const files = [
    ...(projectText === undefined ? [] : [{ file: projectFileName, text: projectText }]),
    ...sources,
    ...targetFiles(asked),
  ];
  const targets = [
    ...settled.map((one) => reportTarget(one, pathOf)),
    ...left.map((each): InitTarget => ({ ...emptyCut, ...each, status: 'left', file: null })),
    ...already.map((each): InitTarget => ({ ...emptyCut, ...each, status: 'already', reason: null })),
  ].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const mapped = targets.some(({ status }) => status === 'mapped');
  return {
    project,
    files,
    report: {
      schema: 'tidemark/init/1',
      project: project.name,
      environment: project.environment,
      written: false,
      files: files.map(({ file }) => file),
      sources: active.map((source) => reportSource(source, showTable(source.table), pathOf(undefined))),
      targets,
      coverage: asked.coverage,
      sample: asked.sample ?? null,
      reads: asked.reads,
      notices: noticesOf(project),
      next: mapped ? ['tidemark validate', 'tidemark plan', 'tidemark run'] : ['tidemark validate'],
    },
  };
};
