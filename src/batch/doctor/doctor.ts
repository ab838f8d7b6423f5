// Doctor: what is wrong, or may go wrong, around a project: each finding with what it rests on and what mends it.
import { positionColumn, type Dictionary, type Source, type Target } from '../../dictionary/dictionary.ts';
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import { refsOf } from '../../graph/reads.ts';
import type { Project } from '../../project/project.ts';
import { sql } from '../../sql/fragment.ts';
import { leaseHolder } from '../../store/lease.ts';
import { stateVersion } from '../../store/migrate.ts';
import { readRelations } from '../../store/relations.ts';
import { instantMs } from '../../store/state.ts';
import type { Finding, HealthQuestion, TableUse } from '../../warehouse/health.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { leftBehindFindings } from '../mapping-tests/left-behind.ts';
import { checkDictionary, withWarehouse, type Checked } from '../open.ts';
import { hookFindings } from './dbt-hook.ts';
import { fileFindings } from './files.ts';
import { repair } from './repair.ts';

export interface DoctorReport {
  readonly schema: 'tidemark/doctor/1';
  readonly project: string;
  readonly environment: string;
  /** None where it cannot be reached. */
  readonly warehouse: string | null;
  readonly status: 'fine' | 'warnings' | 'errors';
  readonly findings: readonly Finding[];
}

export interface DoctorOptions {
  readonly project: Project;
  /** Mend what is safe to mend. */
  readonly fix?: boolean | undefined;
  readonly waitMs?: number | undefined;
}

type Lookup = TableUse['lookups'][number];

/** By which of its own columns the rows of a target are found: its key, those that look-ups are met by, and those
 *  that other targets join it by. */
const lookupsOf = (target: Target, { targets }: Dictionary): readonly Lookup[] => {
  const key: Lookup = {
    columns: target.key.map(({ name }) => name),
    why: 'changed rows are found by their key',
  };
  const own = target.root.kind !== 'this' ? [] : target.joins.flatMap(({ on }) => refsOf(on));
  const met = own
    .filter(({ alias }) => alias === 'this')
    .map(({ column }) => ({ columns: [column], why: 'a changed look-up row finds its rows by it' }));
  const joined = targets.flatMap((other) =>
    other.joins
      .filter(({ relation }) => relation === target.name)
      .flatMap(({ equalities }) => equalities.slice(0, 1))
      .map((equality) => ({ columns: [equality.own], why: `\`${other.name}\` joins it by it` })),
  );
  const all = [key, ...met, ...joined];
  return all.filter(
    (each, place) => all.findIndex((other) => String(other.columns) === String(each.columns)) === place,
  );
};

const sourceUse = (source: Source): TableUse => {
  const position = source.isView ? undefined : positionColumn(source);
  return {
    table: source.table,
    what: `source \`${source.name}\``,
    writes: false,
    lookups:
      position === undefined
        ? []
        : [{ columns: [position], why: 'what changed since the last run is found by it' }],
  };
};

const question = ({ dictionary, tables }: Checked, { schemas }: Project): HealthQuestion => {
  const mirrors = dictionary.sources.map(({ name, mirror }): TableUse => ({
    table: mirror,
    what: `the mirror of \`${name}\``,
    writes: true,
    ours: true,
    lookups: [],
  }));
  const targets = dictionary.targets
    .filter(({ exists }) => exists)
    .map((target): TableUse => ({
      table: target.table,
      what: `target \`${target.name}\``,
      writes: true,
      lookups: lookupsOf(target, dictionary),
    }));
  const known = [...tables.values()].length > 0;
  return {
    tables: known ? [...dictionary.sources.map(sourceUse), ...mirrors, ...targets] : [],
    lockedForMs: 60_000,
    state: schemas.state.schema,
    schemas: [...new Set([schemas.state.schema, schemas.mirrors.schema])],
  };
};

const mistakes = ({ problems }: Checked): readonly Finding[] => {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const lacking = problems.find(({ code }) => code === 'not_supported');
  if (errors.length === 0 && lacking !== undefined)
    return [
      {
        check: 'dictionary',
        severity: 'warning',
        message: 'the mappings are valid, and hold what no run can do on this warehouse yet: none will start',
        evidence: lacking.message,
        fix: 'tidemark validate',
      },
    ];
  if (errors.length === 0)
    return [{ check: 'dictionary', severity: 'fine', message: 'project file and mappings are valid' }];
  return [
    {
      check: 'dictionary',
      severity: 'error',
      message: `the mappings have ${errors.length === 1 ? 'a mistake' : `${errors.length} mistakes`}: no run will start`,
      evidence: errors[0]?.message,
      fix: 'tidemark validate',
    },
  ];
};

const unguardedKeys = ({ dictionary }: Checked): readonly Finding[] => {
  const open = dictionary.targets.filter(
    ({ exists, keyIsEnforced, rows }) => exists && !keyIsEnforced && rows === 'manage',
  );
  if (open.length === 0) return [];
  return [
    {
      check: 'keys',
      severity: 'notice',
      message: `nothing but tidemark keeps the keys unique of ${open.map(({ name }) => `\`${name}\``).join(', ')}: a commit that inserts rows locks such a table against other writers`,
      fix: 'a unique index or a primary key on the key (in dbt: a `unique` constraint of the contract)',
    },
  ];
};

const tolerableSkewMs = 5_000;

const clocks = async (warehouse: Warehouse): Promise<Finding> => {
  const before = Date.now();
  const [row] = await warehouse.session((session) =>
    session.rows<{ now: string }>(sql`select cast(${warehouse.dialect.clock()} as varchar) as now`),
  );
  const here = (before + Date.now()) / 2;
  const skewMs = Math.round(instantMs(row?.now ?? '') - here);
  const evidence = `${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} this machine`;
  return Math.abs(skewMs) <= tolerableSkewMs
    ? { check: 'clock', severity: 'fine', message: "the warehouse's clock agrees with ours", evidence }
    : {
        check: 'clock',
        severity: 'warning',
        message: "the warehouse's clock and that of this machine differ; the warehouse's decides",
        evidence,
        fix: 'let both follow a time server (chrony, systemd-timesyncd)',
      };
};

/** Of our own tables, where there are any. */
const ownState = async (warehouse: Warehouse, { schemas }: Project): Promise<readonly Finding[]> => {
  const version = await stateVersion(warehouse, schemas.state);
  if (version === 0)
    return [
      {
        check: 'state',
        severity: 'notice',
        message: 'no run was made here yet',
        fix: 'tidemark plan, then tidemark run',
      },
    ];
  return warehouse.session(async (session) => {
    const holder = await leaseHolder(session, warehouse, schemas.state);
    const relations = await readRelations(session, schemas.state);
    const behind = [...relations.values()].flatMap(({ name, kind, behind: mark }): readonly Finding[] =>
      mark === undefined
        ? []
        : [
            {
              check: 'behind',
              severity: 'warning',
              message: `${kind} \`${name}\` is left out since ${mark.at}: ${mark.code}`,
              evidence: mark.reason,
              fix: mark.retryable
                ? 'the next run tries again'
                : 'docs/refusals.md says what to do for each code',
            },
          ],
    );
    const paused = [...relations.values()].flatMap(({ name, paused: reason }): readonly Finding[] =>
      reason === undefined
        ? []
        : [
            {
              check: 'paused',
              severity: 'notice',
              message: `\`${name}\` is paused: ${reason}`,
              fix: `tidemark resume ${name}`,
            },
          ],
    );
    const stale: readonly Finding[] =
      holder === undefined || !holder.expired
        ? []
        : [
            {
              check: 'lease',
              severity: 'notice',
              message: `\`tidemark ${holder.command}\` of process ${holder.pid} on ${holder.host} ended without giving the lease back; the next run takes it over`,
              evidence: `expired at ${holder.expiresAt}`,
              fix: 'tidemark unlock',
              repair: { kind: 'unlock' },
            },
          ];
    return [...stale, ...behind, ...paused];
  });
};

const statusOf = (findings: readonly Finding[]): DoctorReport['status'] =>
  findings.some(({ severity, fixed }) => severity === 'error' && fixed !== true)
    ? 'errors'
    : findings.some(({ severity, fixed }) => severity === 'warning' && fixed !== true)
      ? 'warnings'
      : 'fine';

const unreachable = (error: unknown): Finding => {
  if (!isTidemarkError(error)) throw error;
  return {
    check: 'connection',
    severity: 'error',
    message: error.message,
    evidence: error.code,
    ...(error.hint === undefined ? {} : { fix: error.hint }),
  };
};

const examine = async (warehouse: Warehouse, project: Project): Promise<readonly Finding[]> => {
  const answers: Finding = {
    check: 'connection',
    severity: 'fine',
    message: 'the warehouse answers',
    evidence: warehouse.description,
  };
  const checked = await checkDictionary(warehouse, project);
  return [
    answers,
    ...(await warehouse.health(question(checked, project))),
    await clocks(warehouse),
    ...mistakes(checked),
    ...unguardedKeys(checked),
    ...(await ownState(warehouse, project)),
    ...(await leftBehindFindings(warehouse, Date.now())),
  ];
};

export const doctor = async ({
  project,
  fix = false,
  waitMs = 10_000,
}: DoctorOptions): Promise<DoctorReport> => {
  let description: string | null = null;
  let findings: readonly Finding[];
  try {
    findings = await withWarehouse(project, { readOnly: true, waitMs }, async (warehouse) => {
      description = warehouse.description;
      return examine(warehouse, project);
    });
  } catch (error) {
    findings = [unreachable(error)];
  }
  findings = [...findings, ...fileFindings(project), ...hookFindings(project)];
  if (fix) findings = await repair(project, findings, waitMs);
  return {
    schema: 'tidemark/doctor/1',
    project: project.name,
    environment: project.environment,
    warehouse: description,
    status: statusOf(findings),
    findings,
  };
};
