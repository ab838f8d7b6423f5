// The typed library: what the command line does, as functions on an open project. Nothing is printed, nothing exits.
import type { DoctorOptions, DoctorReport } from './batch/doctor/doctor.ts';
import type { DocsOptions } from './batch/docs/docs.ts';
import type { DocsReport } from './batch/docs/docs-report.ts';
import type { HistoryOptions, HistoryReport } from './batch/history.ts';
import type { ShowOptions, ShowReport } from './batch/show.ts';
import type { ImpactOptions } from './batch/impact/impact.ts';
import type { ImpactReport } from './batch/impact/impact-report.ts';
import type { PendingOptions } from './batch/impact/pending.ts';
import type { EditorSchemaOptions, EditorSchemaReport } from './batch/editor-schema.ts';
import type { DictionaryReport, ReadDictionaryOptions } from './batch/read-dictionary.ts';
import type { InitOptions } from './batch/init/init-options.ts';
import type { InitReport } from './batch/init/init-report.ts';
import type { ImportOptions, ImportReport } from './batch/import-dictionary.ts';
import type { PauseOptions, PauseReport } from './batch/pause.ts';
import type { PruneOptions, PruneReport } from './batch/prune/prune-report.ts';
import type { RowHistoryOptions } from './batch/row-history.ts';
import type { RanReport, ScriptsOptions } from './batch/pipeline/deploy.ts';
import type { DiffReport } from './batch/pipeline/diff.ts';
import type { GenerateOptions, GenerateReport } from './batch/pipeline/generate.ts';
import type { PlanOptions, PlanResult } from './batch/plan.ts';
import type { RunOptions, RunResult } from './batch/run.ts';
import type { ScheduleOptions } from './batch/schedule/schedule.ts';
import type { StatusOptions, StatusResult } from './batch/status.ts';
import type { UninstallOptions, UninstallReport } from './batch/uninstall/uninstall.ts';
import type { UnlockOptions, UnlockReport } from './batch/unlock.ts';
import type { ValidateOptions, ValidateReport } from './batch/validate.ts';
import type { VerifyOptions, VerifyResult } from './batch/verify.ts';
import type { WhyOptions } from './batch/why.ts';
import type { WhyReport } from './batch/why-report.ts';
import type { ReleaseOptions, ReleaseReport } from './batch/undo/release.ts';
import type { UndoWish } from './batch/undo/wish.ts';
import type { Project } from './project/project.ts';

export { TidemarkError, isTidemarkError } from './errors/tidemark-error.ts';
export type { Position, Problem, Severity } from './errors/tidemark-error.ts';
export type { ErrorCode } from './errors/policy.ts';
export type { DoctorReport } from './batch/doctor/doctor.ts';
export type { DocsReport } from './batch/docs/docs-report.ts';
export type { HistoryEntry, HistoryReport, RowChange } from './batch/history.ts';
export type { ShowReport, StaleModel } from './batch/show.ts';
export type { RanReport } from './batch/pipeline/deploy.ts';
export type { DiffReport } from './batch/pipeline/diff.ts';
export type { GenerateReport } from './batch/pipeline/generate.ts';
export type { PlanResult, TargetSamples } from './batch/plan.ts';
export type { Progress } from './batch/context.ts';
export type { ImpactReport } from './batch/impact/impact-report.ts';
export type { EditorSchemaReport } from './batch/editor-schema.ts';
export type { DictionaryReport } from './batch/read-dictionary.ts';
export type { InitOptions } from './batch/init/init-options.ts';
export type { InitReport } from './batch/init/init-report.ts';
export type { ImportReport } from './batch/import-dictionary.ts';
export type { KeyValue, NamedChanges, NamedKey } from './batch/freeze/changed-keys.ts';
export type { PauseReport } from './batch/pause.ts';
export type { PruneReport } from './batch/prune/prune-report.ts';
export type { BatchReport, BehindReport } from './batch/report.ts';
export type { RunResult } from './batch/run.ts';
export type { ScheduleOptions } from './batch/schedule/schedule.ts';
export type { RelationStatus, StatusReport, StatusResult } from './batch/status.ts';
export type { Kept, Owned } from './batch/uninstall/owned.ts';
export type { UninstallReport } from './batch/uninstall/uninstall.ts';
export type { UnlockReport } from './batch/unlock.ts';
export type { ValidateReport } from './batch/validate.ts';
export type { VerifiedMirror } from './batch/verify/mirrors.ts';
export type { TargetProof, VerifiedTarget, VerifyReport, VerifyResult } from './batch/verify/report.ts';
export type { Conflict } from './batch/undo/conflicts.ts';
export type { NotProved } from './batch/undo/prove.ts';
export type { WhyReport } from './batch/why-report.ts';
export type { ReleaseReport } from './batch/undo/release.ts';
export type { UndoWish } from './batch/undo/wish.ts';
export type { Project, Retention } from './project/project.ts';
export type { Sample } from './reconcile/samples.ts';
export type { AuditRow } from './store/audit.ts';
export type { SourceFigures, TargetFigures } from './store/batches.ts';
export type { LeaseHolder } from './store/lease-holder.ts';

export interface ProjectPlace {
  /** The folder with `tidemark.yml`, one below it, or that file. Default: `TIDEMARK_PROJECT`, else the working folder. */
  readonly directory?: string | undefined;
  /** Default: `TIDEMARK_ENV`, else the project's `default_environment`. */
  readonly environment?: string | undefined;
  /** What `${NAME}` in the project file takes its values from. Default: `process.env`. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

type Given<Options> = Omit<Options, 'project'>;

export interface SnowflakePipeline {
  /** Renders the scripts into files. */
  generate(options?: Given<GenerateOptions>): Promise<GenerateReport>;
  /** Runs them as they stand in their files. */
  deploy(options?: Given<ScriptsOptions>): Promise<RanReport>;
  /** Compares them with the account. */
  diff(options?: Pick<ScriptsOptions, 'folder'>): Promise<DiffReport>;
  /** Takes everything back; targets that are tables stay. */
  drop(options?: Given<ScriptsOptions>): Promise<RanReport>;
}

export interface RollbackOptions
  extends
    Omit<UndoWish, 'batch'>,
    Pick<RunOptions, 'meta' | 'waitMs' | 'owner' | 'progress' | 'onWait' | 'signal'> {}

/** Every function throws TidemarkError; its `code`, `retryable` and `exitCode` say what it means. */
export interface OpenProject {
  readonly project: Project;
  /** Exactly what a run would write; writes nothing. */
  plan(options?: Given<PlanOptions>): Promise<PlanResult>;
  /** One batch. */
  run(options?: Given<RunOptions>): Promise<RunResult>;
  /** One batch that compares these targets in full, with those they feed; without names, all. */
  reconcile(
    options?: Omit<Given<RunOptions>, 'reconcile' | 'changes'> & {
      readonly targets?: readonly string[] | undefined;
    },
  ): Promise<RunResult>;
  /** Batches on a schedule, until `drain` is given. */
  schedule(options: Given<ScheduleOptions>): Promise<void>;
  /** One batch that takes an earlier one back; conflicts, or cells that would not return, make its status `refused`. */
  rollback(batch: number, options?: RollbackOptions): Promise<RunResult>;
  /** The next run believes staging again where a rollback holds rows. */
  release(batch: number, options?: Pick<ReleaseOptions, 'waitMs'>): Promise<ReleaseReport>;
  /** The chain behind a row of a target, down to source changes, batches and mapping lines. */
  why(target: string, options: Omit<Given<WhyOptions>, 'target'>): Promise<WhyReport>;
  /** Leaves a source or target out of all batches until it is resumed. */
  pause(name: string, reason: string, options?: Pick<PauseOptions, 'waitMs'>): Promise<PauseReport>;
  resume(name: string, options?: Pick<PauseOptions, 'waitMs'>): Promise<PauseReport>;
  /** Proves that the targets are what the mappings yield from the mirrors. */
  verify(options?: Given<VerifyOptions>): Promise<VerifyResult>;
  status(options?: Given<StatusOptions>): Promise<StatusResult>;
  /** Newest first. */
  history(options?: Given<HistoryOptions>): Promise<HistoryReport>;
  /** Every batch that wrote this row, with the values before and after. */
  rowHistory(
    target: string,
    key: RowHistoryOptions['key'],
    options?: Omit<Given<RowHistoryOptions>, 'target' | 'key'>,
  ): Promise<HistoryReport>;
  show(batch: number, options?: Omit<Given<ShowOptions>, 'batch'>): Promise<ShowReport>;
  /** Every target column that these reach, `source.column` or `source`; the mappings alone say it. */
  impact(columns: readonly string[], options?: Omit<Given<ImpactOptions>, 'columns'>): Promise<ImpactReport>;
  /** What waits in staging, and what the next run makes of it. */
  pendingImpact(options?: Given<PendingOptions>): Promise<ImpactReport>;
  /** What the mappings mean now against what they meant at a revision of git. */
  impactOfChange(revision: string): Promise<ImpactReport>;
  /** The dictionary from its sources: `{source: {column: {target: column}}}`. */
  dictionary(options?: Given<ReadDictionaryOptions>): Promise<DictionaryReport>;
  /** Writes the JSON Schema by which editors complete and check this dictionary. */
  editorSchema(options?: Given<EditorSchemaOptions>): Promise<EditorSchemaReport>;
  /** Mapping files from such a dictionary, in Python, JSON or YAML. */
  importDictionary(file: string, options?: Omit<Given<ImportOptions>, 'file'>): Promise<ImportReport>;
  /** The dictionary in dbt's own docs; without `write` it says what would be written. */
  docs(options?: Given<DocsOptions>): Promise<DocsReport>;
  /** All mistakes at once; throws only when they cannot be looked for. */
  validate(options?: Given<ValidateOptions>): Promise<ValidateReport>;
  /** What is wrong, or may go wrong, around the project. */
  doctor(options?: Given<DoctorOptions>): Promise<DoctorReport>;
  unlock(options?: Partial<Given<UnlockOptions>>): Promise<UnlockReport>;
  /** Drops ledger and audit of old batches, which cannot be undone any more. */
  prune(options?: Given<PruneOptions>): Promise<PruneReport>;
  /** Drops every object that we made, and nothing else; targets are left as they are. */
  uninstall(options?: Given<UninstallOptions>): Promise<UninstallReport>;
  /** The pipeline that Snowflake runs itself. */
  readonly snowflake: SnowflakePipeline;
}

const snowflakeOf = (project: Project): SnowflakePipeline => ({
  generate: async (options) =>
    (await import('./batch/pipeline/generate.ts')).generatePipeline({ ...options, project }),
  deploy: async (options) =>
    (await import('./batch/pipeline/deploy.ts')).deployPipeline({ ...options, project }),
  diff: async (options) => (await import('./batch/pipeline/diff.ts')).diffPipeline({ ...options, project }),
  drop: async (options) => (await import('./batch/pipeline/deploy.ts')).dropPipeline({ ...options, project }),
});

const impactOf = (project: Project): Pick<OpenProject, 'impact' | 'pendingImpact' | 'impactOfChange'> => ({
  impact: async (columns, options) =>
    (await import('./batch/impact/impact.ts')).impact({ ...options, project, columns }),
  pendingImpact: async (options) =>
    (await import('./batch/impact/pending.ts')).pendingImpact({ ...options, project }),
  impactOfChange: async (revision) =>
    (await import('./batch/impact/impact-of-change.ts')).impactOfChange({ project, revision }),
});

/** Writes a first project file and mappings from a dbt project or a warehouse; `agree` is asked before. */
export const initProject = async (options: InitOptions): Promise<InitReport> =>
  (await import('./batch/init/init.ts')).init(options);

/** Reads the project file; the warehouse is opened by each call and closed at its end. */
export const openProject = async (place: ProjectPlace = {}): Promise<OpenProject> => {
  const { readProject } = await import('./project/read-project.ts');
  const project = readProject({
    directory: place.directory,
    environment: place.environment,
    variables: place.variables ?? process.env,
  });
  return {
    project,
    plan: async (options) => (await import('./batch/plan.ts')).plan({ ...options, project }),
    run: async (options) => (await import('./batch/run.ts')).run({ ...options, project }),
    reconcile: async ({ targets = [], ...options } = {}) =>
      (await import('./batch/run.ts')).run({ ...options, reconcile: targets, project }),
    schedule: async (options) =>
      (await import('./batch/schedule/schedule.ts')).schedule({ ...options, project: () => project }),
    rollback: async (batch, { meta, waitMs, owner, progress, onWait, signal, ...wish } = {}) =>
      (await import('./batch/run.ts')).run({
        meta,
        waitMs,
        owner,
        progress,
        onWait,
        signal,
        undo: { ...wish, batch },
        project,
      }),
    release: async (batch, options) =>
      (await import('./batch/undo/release.ts')).release({ ...options, project, batch }),
    why: async (target, options) => (await import('./batch/why.ts')).why({ ...options, project, target }),
    pause: async (name, reason, options) =>
      (await import('./batch/pause.ts')).pause({ ...options, project, name, reason }),
    resume: async (name, options) => (await import('./batch/pause.ts')).resume({ ...options, project, name }),
    verify: async (options) => (await import('./batch/verify.ts')).verify({ ...options, project }),
    status: async (options) => (await import('./batch/status.ts')).status({ ...options, project }),
    history: async (options) => (await import('./batch/history.ts')).history({ ...options, project }),
    rowHistory: async (target, key, options) =>
      (await import('./batch/row-history.ts')).rowHistory({ ...options, project, target, key }),
    show: async (batch, options) => (await import('./batch/show.ts')).show({ ...options, project, batch }),
    ...impactOf(project),
    editorSchema: async (options) =>
      (await import('./batch/editor-schema.ts')).writeEditorSchema({ ...options, project }),
    dictionary: async (options) =>
      (await import('./batch/read-dictionary.ts')).readDictionary({ ...options, project }),
    importDictionary: async (file, options) =>
      (await import('./batch/import-dictionary.ts')).importDictionary({ ...options, project, file }),
    docs: async (options) => (await import('./batch/docs/docs.ts')).docs({ ...options, project }),
    validate: async (options) => (await import('./batch/validate.ts')).validate({ ...options, project }),
    doctor: async (options) => (await import('./batch/doctor/doctor.ts')).doctor({ ...options, project }),
    unlock: async (options) =>
      (await import('./batch/unlock.ts')).unlock({ force: false, ...options, project }),
    prune: async (options) => (await import('./batch/prune/prune.ts')).prune({ ...options, project }),
    uninstall: async (options) =>
      (await import('./batch/uninstall/uninstall.ts')).uninstall({ ...options, project }),
    snowflake: snowflakeOf(project),
  };
};
