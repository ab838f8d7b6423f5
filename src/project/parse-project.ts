// The text of `tidemark.yml` → Project: strict keys, the chosen environment laid over the defaults.
import { resolve } from 'node:path';
import type { Position, Problem } from '../errors/tidemark-error.ts';
import type { Files } from './dbt/find-profile.ts';
import { parseYaml } from './document.ts';
import type { Entry, FileText } from './document.ts';
import { entriesAt, fieldsOf, required, shown, textAt } from './fields.ts';
import type { Fields } from './fields.ts';
import { lineageOf } from './lineage-settings.ts';
import type { Report } from './problems.ts';
import {
  emptyFile,
  inOrder,
  missingKey,
  noEnvironmentChosen,
  unknownEnvironment,
  wrongVersion,
} from './problems.ts';
import type { Project } from './project.ts';
import { maskSecrets } from './secrets.ts';
import { checkSchemas, defaultLimits, defaultSchemas, readSettings, settingKeys } from './settings.ts';
import type { Settings } from './settings.ts';
import { fillVariables } from './variables.ts';
import type { Variables } from './variables.ts';

const projectKeys = {
  known: ['version', 'name', ...settingKeys, 'environments', 'default_environment'],
  later: ['clock_tolerance'],
};

export interface ProjectInput extends FileText {
  /** Absolute path of the project file. */
  readonly path: string;
  readonly directory: string;
  readonly environment?: string | undefined;
  readonly variables: Variables;
  /** For the files of dbt that the project file points at. */
  readonly files: Files;
}

export interface ParsedProject {
  readonly project: Project | undefined;
  readonly problems: readonly Problem[];
}

export const parseProject = (input: ProjectInput): ParsedProject => {
  const problems: Problem[] = [];
  const silenced = new Set<Problem>();
  const report: Report = (problem) => problems.push(problem);
  const { root, broken, start } = parseYaml(input, report, maskSecrets);
  if (root === undefined) {
    if (!broken) report(emptyFile(start, '`version`, `name` and `warehouse`'));
    return { project: undefined, problems };
  }
  const fields = fieldsOf(root, 'the project file', projectKeys, report);
  checkVersion(fields);
  required(fields, 'name');
  const name = filledText(fields, 'name', input.variables);
  const environments = entriesAt(fields, 'environments');
  const chosen = chooseEnvironment(fields, environments, input);
  const settings = readEnvironments(fields, environments, { ...input, environment: chosen, silenced });
  const schemas = { ...defaultSchemas, ...settings.schemas };
  checkSchemas(schemas, fields);
  const found = withoutEchoes(problems).filter((problem) => !silenced.has(problem));
  if (found.length > 0 || name === undefined || settings.connection === undefined)
    return { project: undefined, problems: found };
  const lineage = settings.lineage ?? lineageOf(undefined, { ...input, report });
  const project: Project = {
    name,
    directory: input.directory,
    file: input.path,
    environment: chosen ?? 'default',
    connection: settings.connection,
    schemas,
    mappings: resolve(input.directory, settings.mappings ?? 'mappings'),
    limits: { ...defaultLimits, ...settings.limits },
    ...(settings.manifest === undefined ? {} : { manifest: settings.manifest }),
    ...(settings.schedule === undefined ? {} : { schedule: settings.schedule }),
    ...(settings.testsOn === undefined ? {} : { testsOn: settings.testsOn }),
    ...(settings.retention === undefined ? {} : { retention: settings.retention }),
    ...(settings.redactKey === undefined ? {} : { redactKey: settings.redactKey }),
    ...(settings.alerts === undefined ? {} : { alerts: settings.alerts }),
    ...(lineage === undefined ? {} : { lineage }),
  };
  return { project, problems: found };
};

const checkVersion = (fields: Fields): void => {
  const value = required(fields, 'version', 'write `version: 1`')?.value;
  if (value === undefined) return;
  if (value.kind !== 'scalar' || value.text !== '1') {
    fields.report(wrongVersion(value.at, value.kind === 'scalar' ? shown(value) : `a ${value.kind}`));
  }
};

const filledText = (fields: Fields, key: string, variables: Variables): string | undefined => {
  const entry = fields.get(key);
  if (entry === undefined) return undefined;
  const filled = { key: entry.key, value: fillVariables(entry.value, variables, fields.report) };
  return textAt({ ...fields, get: () => filled }, key)?.text;
};

/** The environment asked for, else the default one; none where the project has no environments. */
const chooseEnvironment = (
  fields: Fields,
  entries: readonly Entry[],
  input: ProjectInput,
): string | undefined => {
  const known = entries.map(({ key }) => key.text);
  const fallback = filledText(fields, 'default_environment', input.variables);
  const fallbackAt = fields.get('default_environment')?.value.at;
  if (fallback !== undefined && !known.includes(fallback))
    fields.report(unknownEnvironment(fallbackAt, fallback, known));
  const chosen = input.environment ?? fallback;
  const here: Position = fields.get('environments')?.key.at ?? { ...fields.at, length: 1 };
  if (input.environment !== undefined && !known.includes(input.environment)) {
    // A project without environments is its own one, named `default`.
    if (known.length > 0 || input.environment !== 'default')
      fields.report(unknownEnvironment(here, input.environment, known));
  } else if (chosen === undefined && known.length > 0 && fields.get('warehouse') === undefined) {
    fields.report(noEnvironmentChosen(here, known));
  }
  return chosen;
};

/** What another environment lacks here may be there on its own machine: secrets, profiles. */
const onlyThere = new Set<Problem['code']>(['missing_variable', 'not_supported', 'profile_invalid']);

interface Chosen extends ProjectInput {
  /** Takes the problems that do not matter here. */
  readonly silenced: Set<Problem>;
}

const readEnvironments = (fields: Fields, entries: readonly Entry[], input: Chosen): Settings => {
  const { directory, variables, files, environment: chosen, silenced } = input;
  const quiet: Report = (problem) => {
    if (onlyThere.has(problem.code)) silenced.add(problem);
    fields.report(problem);
  };
  let own: Settings | undefined;
  let replaces = false;
  for (const { key, value } of entries) {
    const report = key.text === chosen ? fields.report : quiet;
    const inner = fieldsOf(value, `environment \`${key.text}\``, { known: settingKeys }, report);
    const settings = readSettings(inner, { directory, variables, files, report });
    if (key.text !== chosen) continue;
    own = settings;
    replaces = inner.get('warehouse') !== undefined;
  }
  const base = readSettings(fields, {
    directory,
    variables,
    files,
    report: fields.report,
    warehouseReport: replaces ? quiet : fields.report,
  });
  const elsewhere = entries.length > 0;
  if (
    fields.isMapping &&
    fields.get('warehouse') === undefined &&
    !replaces &&
    !(elsewhere && own === undefined)
  ) {
    fields.report(
      missingKey(
        fields.at,
        'warehouse',
        'the project file',
        'such as `warehouse: { type: duckdb, path: shop.duckdb }`',
      ),
    );
  }
  return {
    connection: replaces ? own?.connection : base.connection,
    schemas: { ...base.schemas, ...own?.schemas },
    mappings: own?.mappings ?? base.mappings,
    limits: { ...base.limits, ...own?.limits },
    manifest: own?.manifest ?? base.manifest,
    schedule: own?.schedule ?? base.schedule,
    testsOn: own?.testsOn ?? base.testsOn,
    retention: own?.retention ?? base.retention,
    redactKey: own?.redactKey ?? base.redactKey,
    alerts: own?.alerts ?? base.alerts,
    lineage: own?.lineage ?? base.lineage,
  };
};

/** Where a variable is missing, the hole that it leaves is no second problem. */
const withoutEchoes = (problems: readonly Problem[]): readonly Problem[] => {
  const holes = problems.flatMap((problem) =>
    problem.code === 'missing_variable' && problem.at ? [problem.at] : [],
  );
  const echoes = ({ code, at }: Problem): boolean =>
    code === 'wrong_type' &&
    holes.some(
      (hole) => hole.line === at?.line && hole.column >= at.column && hole.column < at.column + at.length,
    );
  return inOrder(problems.filter((problem) => !echoes(problem)));
};
