// Files of ours, and the project file, that others on this machine may read though they hold what is not theirs.
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { usualState } from '../../project/alert-settings.ts';
import type { Project } from '../../project/project.ts';
import { maskSecrets } from '../../project/secrets.ts';
import type { Finding } from '../../warehouse/health.ts';

const modeOf = (path: string): number | undefined => {
  try {
    return statSync(path).mode & 0o777;
  } catch {
    return undefined;
  }
};

const shown = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;

const open = (path: string, wanted: number): Finding | undefined => {
  const mode = modeOf(path);
  if (mode === undefined || (mode & ~wanted) === 0) return undefined;
  return {
    check: 'files',
    severity: 'warning',
    message: `\`${path}\` can be read by others on this machine`,
    evidence: `its mode is ${shown(mode)}`,
    fix: `chmod ${shown(wanted)} ${path}`,
    repair: { kind: 'mode', path, mode: wanted },
  };
};

/** Secrets belong into variables; where they stand in the file, it should be nobody else's to read. */
const projectFile = ({ file }: Project): Finding | undefined => {
  const mode = modeOf(file);
  if (mode === undefined || (mode & 0o044) === 0) return undefined;
  const text = readFileSync(file, 'utf8');
  if (maskSecrets(text) === text) return undefined;
  return {
    check: 'files',
    severity: 'warning',
    message: `\`${file}\` holds a secret, and others on this machine can read it`,
    evidence: `its mode is ${shown(mode)}`,
    fix: `put it into a variable (\`\${NAME}\`), or: chmod 0600 ${file}`,
  };
};

export const fileFindings = (project: Project): readonly Finding[] => {
  if (process.platform === 'win32') return [];
  const state = project.alerts?.state ?? usualState(project.directory);
  const ours = project.alerts === undefined ? [] : [open(state, 0o600)];
  const lineage = project.lineage?.file === undefined ? [] : [open(project.lineage.file, 0o600)];
  const folder =
    project.alerts !== undefined && state === usualState(project.directory)
      ? [open(dirname(state), 0o700)]
      : [];
  return [projectFile(project), ...folder, ...ours, ...lineage].flatMap((found) => found ?? []);
};
