// The events of one run: one when it begins, one when it ends, from the report that is printed.
import { randomUUID } from 'node:crypto';
import type { Dictionary } from '../../dictionary/dictionary.ts';
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import { emit } from '../../observe/openlineage/emit.ts';
import { runEvent, type ParentRun, type RunEventFacts } from '../../observe/openlineage/events.ts';
import type { Project } from '../../project/project.ts';
import type { Begun } from '../begun.ts';
import type { RunResult } from '../attempt.ts';
import type { BatchReport } from '../report.ts';
import { inputOf, namingOf, outputOf, type Naming } from './datasets.ts';

type Part = Pick<RunEventFacts, 'type' | 'inputs' | 'outputs'> &
  Partial<Pick<RunEventFacts, 'error' | 'batch'>>;

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** `namespace/job/run`; a namespace may hold slashes. */
const parentOf = (text: string | undefined): ParentRun | undefined => {
  const match = /^(.+)\/([^/]+)\/([^/]+)$/.exec(text ?? '');
  const [, namespace = '', job = '', run = ''] = match ?? [];
  return match !== null && uuid.test(run) ? { namespace, job, run } : undefined;
};

const all = (naming: Naming, { sources, targets }: Dictionary): Part => ({
  type: 'START',
  inputs: sources.map((source) => inputOf(naming, source)),
  outputs: targets.map((target) => outputOf(naming, { sources, targets }, target)),
});

const rowsOf = (figures: {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}): number => figures.inserted + figures.updated + figures.deleted;

/** Read is every source that was not left out; written is what rows changed in, no more. */
const done = (naming: Naming, dictionary: Dictionary, report: BatchReport): Part => {
  const out = new Set(report.behind.map(({ name }) => name));
  const sources = new Map(report.sources.map((each) => [each.name, rowsOf(each)]));
  const targets = new Map(report.targets.map((each) => [each.name, rowsOf(each)]));
  return {
    type: 'COMPLETE',
    inputs: dictionary.sources
      .filter(({ name }) => !out.has(name))
      .map((source) => inputOf(naming, source, sources.get(source.name) ?? 0)),
    outputs: dictionary.targets
      .filter(({ name }) => targets.has(name))
      .map((target) => outputOf(naming, dictionary, target, targets.get(target.name))),
    batch: {
      batch: report.batch,
      kind: report.kind,
      status: report.status,
      digest: report.digest,
      behind: report.behind.map(({ name, code }) => ({ name, code })),
    },
  };
};

export interface RunLineage {
  /** Does not wait for the server. */
  begin(begun: Begun): void;
  complete(result: RunResult): Promise<void>;
  fail(error: unknown): Promise<void>;
}

export interface Lineage {
  readonly project: Project;
  readonly command: string;
  /** Of this program. */
  readonly version: string;
  readonly warn: (message: string) => void;
}

const silent: RunLineage = {
  begin: () => undefined,
  complete: () => Promise.resolve(),
  fail: () => Promise.resolve(),
};

export const openRunLineage = ({ project, command, version, warn }: Lineage): RunLineage => {
  const { lineage } = project;
  if (lineage === undefined) return silent;
  const naming = namingOf(project.connection);
  let begun: Begun | undefined;
  let sent: Promise<void> = Promise.resolve();
  let reached = true;
  const send = (part: Part): Promise<void> => {
    const event = runEvent({
      ...part,
      at: new Date().toISOString(),
      runId: begun?.runId ?? randomUUID(),
      job: {
        namespace: lineage.namespace,
        name: `${project.name}.${project.environment}.${command}`,
        kind: command.toUpperCase(),
      },
      parent: parentOf(lineage.parent),
      engine: { name: 'tidemark', version },
      version,
      uri: naming.uri,
    });
    const before = sent;
    const deliver = async (): Promise<void> => {
      await before;
      // A server that did not answer the first event is not waited for a second time.
      if (!reached && lineage.file === undefined) return;
      const wrong = await emit(lineage, event);
      if (wrong.length > 0) warn(`the OpenLineage event was not delivered: ${wrong.join('; ')}`);
      reached = wrong.length === 0;
    };
    sent = deliver();
    return sent;
  };
  return {
    begin: (facts) => {
      begun = facts;
      void send(all(naming, facts.dictionary));
    },
    complete: (result) =>
      begun === undefined ? Promise.resolve() : send(done(naming, begun.dictionary, result.report)),
    fail: (error) => {
      const code = isTidemarkError(error) ? error.code : 'internal';
      // Nothing began, or somebody else is at work.
      if (code === 'lease_held' || code === 'file_locked' || code === 'usage') return Promise.resolve();
      const message = error instanceof Error ? error.message : String(error);
      const parts = begun === undefined ? { inputs: [], outputs: [] } : all(naming, begun.dictionary);
      return send({
        ...parts,
        type: code === 'interrupted' ? 'ABORT' : 'FAIL',
        error: `${code}: ${message}`,
      });
    },
  };
};
