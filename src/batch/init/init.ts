// `init`: from a dbt project, or from a warehouse alone, to a project file and mappings that hold on the real rows.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import { readMappings, readProject } from '../../project/read-project.ts';
import type { FileText } from '../../project/document.ts';
import { silent } from '../context.ts';
import { writeNew } from '../new-files.ts';
import { findPlace } from './find-place.ts';
import { proposeFromDbt } from './from-dbt.ts';
import { proposeFromTables } from './from-tables.ts';
import type { InitGround, InitOptions } from './init-options.ts';
import type { InitDraft, InitReport, NewFile } from './init-report.ts';
import { projectFileName } from './project-file.ts';

const presentProject = ({ directory, environment, variables }: InitOptions): Project | undefined => {
  if (!existsSync(join(directory, projectFileName))) return undefined;
  return readProject({ directory, environment, variables });
};

const refuseToRepeat = (present: readonly FileText[], { update }: InitOptions): void => {
  const [first] = present;
  if (first === undefined || update === true) return;
  throw new TidemarkError('usage', {
    message: `there are mappings already: ${first.file}${present.length > 1 ? ` and ${present.length - 1} more` : ''}`,
    hint: '`tidemark init --update` adds what is new, and leaves them as they are',
  });
};

const write = (directory: string, mappings: Project, files: readonly NewFile[]): void => {
  for (const { file, text } of files) writeNew({ ...mappings, directory }, file, text);
};

const propose = (ground: InitGround): Promise<InitDraft & { readonly project: Project }> => {
  const { project, options } = ground;
  if (project !== undefined && project.manifest === undefined) return proposeFromTables(ground, undefined);
  if (project !== undefined) return proposeFromDbt(ground, undefined);
  const place = findPlace(options);
  return place.kind === 'dbt' ? proposeFromDbt(ground, place) : proposeFromTables(ground, place);
};

export const init = async (options: InitOptions): Promise<InitReport> => {
  const project = presentProject(options);
  const present = project !== undefined && existsSync(project.mappings) ? readMappings(project) : [];
  refuseToRepeat(present, options);
  const draft = await propose({ options, progress: options.progress ?? silent, project, present });
  if (draft.files.length === 0) return { ...draft.report, written: false };
  if (!(await options.agree(draft.report))) return { ...draft.report, written: false };
  write(options.directory, draft.project, draft.files);
  return { ...draft.report, written: true };
};
