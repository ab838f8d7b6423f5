// Renders the pipeline that Snowflake runs by itself into files of the project.
import type { Problem } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import { scriptsOf } from '../../snowflake-pipeline/files.ts';
import type { LeftOut, PipelineSettings, Start } from '../../snowflake-pipeline/pipeline.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { connectionOf, resolvePipeline } from './resolve-pipeline.ts';
import { writeScripts, type WrittenFile } from './script-files.ts';

export interface PipelineWishes {
  readonly schema?: string | undefined;
  readonly warehouse?: string | undefined;
  readonly role?: string | undefined;
  readonly start?: Start | undefined;
  readonly lag?: string | undefined;
  readonly refreshMode?: PipelineSettings['refreshMode'] | undefined;
  readonly reconcileAt?: string | undefined;
  readonly notify?: PipelineSettings['notify'];
}

export interface GenerateOptions extends PipelineWishes {
  readonly project: Project;
  readonly folder?: string | undefined;
  readonly force?: boolean | undefined;
  readonly offline?: boolean | undefined;
}

export interface GenerateReport {
  readonly schema: 'tidemark/snowflake/1';
  readonly command: 'generate';
  readonly project: string;
  readonly environment: string;
  readonly files: readonly WrittenFile[];
  readonly targets: readonly { readonly name: string; readonly kind: string }[];
  readonly left_out: readonly LeftOut[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/** As the server folds a name that is written without quotes. */
const folded = (name: string): string => (/^[a-z_][a-z0-9_$]*$/i.test(name) ? name.toUpperCase() : name);

const placeOf = (project: Project, schema: string | undefined): PipelineSettings['place'] => {
  const { database, schema: state } = project.schemas.state;
  if (schema === undefined) return { database, schema: `${state}_PIPELINE`.toUpperCase() };
  const [name = '', home] = schema.split('.').toReversed().map(folded);
  return { database: home ?? database, schema: name };
};

const settingsOf = (project: Project, wishes: PipelineWishes): PipelineSettings => {
  const connection = connectionOf(project);
  const warehouse = wishes.warehouse ?? connection.warehouse;
  if (warehouse === undefined)
    throw new TidemarkError('usage', {
      message: 'tasks need a warehouse, and the connection names none',
      hint: '`--warehouse NAME`, or `warehouse.warehouse` in tidemark.yml',
    });
  const place = placeOf(project, wishes.schema);
  return {
    project: project.name,
    environment: project.environment,
    place,
    warehouse: folded(warehouse),
    database: connection.database === undefined ? undefined : folded(connection.database),
    start: wishes.start ?? { kind: 'triggered' },
    lag: wishes.lag ?? '5 minutes',
    refreshMode: wishes.refreshMode ?? 'incremental',
    reconcileAt: wishes.reconcileAt ?? '17 3 * * * UTC',
    role: folded(wishes.role ?? place.schema),
    notify: wishes.notify,
  };
};

const said = ({ code, message }: Problem) => ({ code, message });

export const generatePipeline = async (options: GenerateOptions): Promise<GenerateReport> => {
  const { project, folder, force = false, offline = false } = options;
  const settings = settingsOf(project, options);
  const { pipeline, warnings } = await resolvePipeline(project, settings, offline);
  const files = writeScripts(project, scriptsOf(pipeline), { folder, force });
  return {
    schema: 'tidemark/snowflake/1',
    command: 'generate',
    project: project.name,
    environment: project.environment,
    files,
    targets: pipeline.targets.map(({ target, kind }) => ({ name: target.name, kind })),
    left_out: pipeline.leftOut,
    warnings: warnings.map(said),
  };
};
