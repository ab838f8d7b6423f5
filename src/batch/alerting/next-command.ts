// The command that whoever reads an alert runs next, ready to be copied.
import type { Project } from '../../project/project.ts';

const quoted = (word: string): string =>
  /^[\w.:/@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

const call = ({ environment }: Project, ...words: readonly string[]): string => {
  const where = environment === 'default' ? [] : ['-e', environment];
  return ['tidemark', ...[...words, ...where].map(quoted)].join(' ');
};

const forRelation = (code: string, name: string): readonly string[] | undefined => {
  switch (code) {
    case 'guard_deletes':
    case 'guard_empty':
      return ['plan', '--allow', `${name}:deletes`];
    case 'guard_touched':
      return ['plan', '--allow', `${name}:touched`];
    case 'log_rewound':
      return ['plan', '--allow', `${name}:restart`];
    case 'adopt':
      return ['plan', '--adopt', name];
    case 'event_rejected':
    case 'events_set_aside':
      return ['reconcile', '--rejected'];
    case 'different':
      return ['reconcile', '-s', name];
    case 'source_changed':
    case 'source_missing':
    case 'target_changed':
    case 'target_missing':
      return ['validate'];
    default:
      return undefined;
  }
};

const forFailure: Readonly<Record<string, string>> = {
  dictionary_invalid: 'validate',
  connection_failed: 'doctor',
  connection_lost: 'doctor',
  authentication_failed: 'doctor',
  permission_denied: 'doctor',
  database_missing: 'doctor',
  disk_full: 'doctor',
  lock_timeout: 'doctor',
  statement_timeout: 'doctor',
  commit_unknown: 'history',
};

export const nextForRelation = (project: Project, code: string, name: string): string =>
  call(project, ...(forRelation(code, name) ?? ['status']));

export const nextForColumn = (project: Project, target: string, column: string): string =>
  call(project, 'reconcile', '-s', target, '--column', column);

/** What it found in each row, and what it wrote there. */
export const nextForBatch = (project: Project, batch: number): string =>
  call(project, 'show', String(batch), '--rows');

export const nextForFailure = (project: Project, code: string): string =>
  call(project, ...(Object.hasOwn(forFailure, code) ? [forFailure[code] ?? 'status'] : ['run', '--verbose']));

export const nextToLook = (project: Project): string => call(project, 'status');

export const nextToValidate = (project: Project): string => call(project, 'validate');
