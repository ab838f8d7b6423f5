// The commands by name, in the order in which help lists them.
import type { CommandSpec } from './command-spec.ts';
import { alertsSpec } from './specs/alerts.ts';
import { doctorSpec } from './specs/doctor.ts';
import { historySpec } from './specs/history.ts';
import { completionSpec } from './specs/completion.ts';
import { dictionarySpec } from './specs/dictionary.ts';
import { docsSpec } from './specs/docs.ts';
import { impactSpec } from './specs/impact.ts';
import { initSpec } from './specs/init.ts';
import { importSpec } from './specs/import.ts';
import { pauseSpec } from './specs/pause.ts';
import { planSpec } from './specs/plan.ts';
import { pruneSpec } from './specs/prune.ts';
import { reconcileSpec } from './specs/reconcile.ts';
import { releaseSpec } from './specs/release.ts';
import { resumeSpec } from './specs/resume.ts';
import { rollbackSpec } from './specs/rollback.ts';
import { runSpec } from './specs/run.ts';
import { scheduleSpec } from './specs/schedule.ts';
import { showSpec } from './specs/show.ts';
import { snowflakeSpec } from './specs/snowflake.ts';
import { statusSpec } from './specs/status.ts';
import { uninstallSpec } from './specs/uninstall.ts';
import { unlockSpec } from './specs/unlock.ts';
import { validateSpec } from './specs/validate.ts';
import { verifySpec } from './specs/verify.ts';
import { whySpec } from './specs/why.ts';

const commands = {
  init: initSpec,
  plan: planSpec,
  run: runSpec,
  reconcile: reconcileSpec,
  schedule: scheduleSpec,
  rollback: rollbackSpec,
  release: releaseSpec,
  pause: pauseSpec,
  resume: resumeSpec,
  history: historySpec,
  show: showSpec,
  status: statusSpec,
  impact: impactSpec,
  dictionary: dictionarySpec,
  docs: docsSpec,
  import: importSpec,
  validate: validateSpec,
  verify: verifySpec,
  why: whySpec,
  doctor: doctorSpec,
  alerts: alertsSpec,
  unlock: unlockSpec,
  snowflake: snowflakeSpec,
  prune: pruneSpec,
  completion: completionSpec,
  uninstall: uninstallSpec,
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type CommandName = keyof typeof commands;

export const commandNames = Object.keys(commands) as readonly CommandName[];

export const isCommandName = (name: string): name is CommandName => Object.hasOwn(commands, name);

export const specOf = (name: CommandName): CommandSpec => commands[name];
