// One call of the program: arguments in, an exit status out. What is data goes to stdout, all else to stderr.
import { readFileSync } from 'node:fs';
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import { openLog, type Log } from '../observe/log.ts';
import { specOf, type CommandName } from './command-table.ts';
import type { Invocation, Outcome } from './invocation.ts';
import { parseArguments, type Parsed } from './parse.ts';
import { errorJson } from './render/json.ts';
import { renderProblem, renderProblems } from './render/diagnostics.ts';
import { openProgressLine, type ProgressLine } from './render/progress.ts';
import { styleOf, type Style } from './render/style.ts';
import { usage } from './usage.ts';

export interface Stream {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  write(text: string): void;
}

export interface Edge {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Given by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

interface Manner {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly out: Style;
  readonly err: Style;
  readonly log: Log;
}

const defaultWidth = 80;

const styleFor = (stream: Stream, argv: readonly string[], { variables }: Edge): Style => {
  const wanted = !argv.includes('--no-color') && (variables['NO_COLOR'] ?? '') === '' && variables['TERM'] !== 'dumb';
  return styleOf(stream.isTTY && wanted, stream.columns ?? defaultWidth);
};

const has = (argv: readonly string[], ...flags: readonly string[]): boolean => argv.some((word) => flags.includes(word));

/** Read off the words themselves: also a call that cannot be parsed is answered in the manner that it asked for. */
const mannerOf = async (argv: readonly string[], edge: Edge): Promise<Manner> => {
  const place = argv.indexOf('--log-format');
  const format = place === -1 ? argv.find((word) => word.startsWith('--log-format='))?.slice(13) : argv[place + 1];
  return {
    json: has(argv, '--json'),
    quiet: has(argv, '--quiet', '-q'),
    verbose: has(argv, '--verbose', '-v'),
    out: styleFor(edge.stdout, argv, edge),
    err: styleFor(edge.stderr, argv, edge),
    log: await openLog(format === 'json' ? 'json' : 'pretty', (text) => edge.stderr.write(text)),
  };
};

const interrupted = (): TidemarkError => new TidemarkError('interrupted', { message: 'interrupted, nothing was written' });

const wrapped = (error: unknown): TidemarkError =>
  isTidemarkError(error)
    ? error
    : new TidemarkError('internal', {
        message: `a fault of tidemark itself: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'run it again with --verbose and report what it prints',
        cause: error,
      });

const retryWords: Readonly<Record<number, string>> = {
  1: 'a retry may help',
  4: 'a retry helps once they are done; `--wait 5m` waits that long',
};

/** Only a run could have written; whatever it threw, its transaction was rolled back. */
const stateOfData = (error: TidemarkError, command: CommandName | undefined): string | undefined => {
  const { exitCode } = error;
  if (command === undefined || exitCode === 2 || error.code === 'interrupted' || error.code === 'internal') return undefined;
  const retry = error.retryable ? retryWords[exitCode] : exitCode === 1 ? 'a retry does not help until this is mended' : undefined;
  const said = error.message.includes('nothing was written');
  const parts = [...(command === 'run' && !said ? ['nothing was written'] : []), ...(retry === undefined ? [] : [retry])];
  return parts.length === 0 ? undefined : parts.join('; ');
};

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause) || String(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
};

const tellError = (error: TidemarkError, command: CommandName | undefined, edge: Edge, manner: Manner): void => {
  if (manner.json) edge.stdout.write(`${JSON.stringify(errorJson(error))}\n`);
  const stack = manner.verbose ? stackOf(error) : '';
  if (manner.log.format === 'json') {
    manner.log.error(error.message, { ...errorJson(error), ...(stack === '' ? {} : { stack }) });
    return;
  }
  if (manner.json && stack === '') return;
  const shown = error.problems.length > 0 ? `${renderProblems(error.problems, manner.err)}\n\n` : '';
  const last = error.problems.length === 1 ? '' : renderProblem(error, manner.err);
  const state = stateOfData(error, command);
  const lines = [`${shown}${last}`.trimEnd(), ...(state === undefined ? [] : [state]), ...(stack === '' ? [] : [stack])];
  if (!manner.json) edge.stderr.write(`${lines.join('\n')}\n`);
  else edge.stderr.write(`${stack}\n`);
};

const tell = (outcome: Outcome, edge: Edge, manner: Manner): void => {
  if (manner.json) {
    edge.stdout.write(`${JSON.stringify(outcome.json)}\n`);
    return;
  }
  const { problems = [], problemsAsked = false, closing, inShort, exit } = outcome;
  if (problemsAsked && !manner.quiet && problems.length > 0) {
    edge.stdout.write(`${renderProblems(problems, manner.out)}\n\n`);
  }
  if (!manner.quiet) edge.stdout.write(`${outcome.text(manner.out)}\n`);
  if (manner.log.format === 'json') {
    for (const { message, ...facts } of problems) manner.log.error(message, facts);
    return;
  }
  const grave = manner.quiet ? problems.filter(({ severity }) => severity === 'error') : problems;
  const diagnostics = problemsAsked && !manner.quiet ? [] : grave;
  const short = manner.quiet && exit !== 0 && inShort !== undefined && inShort !== '' ? [inShort] : [];
  const lines = [
    ...(diagnostics.length === 0 ? [] : [renderProblems(diagnostics, manner.err)]),
    ...(closing === undefined ? [] : [closing]),
    ...short,
  ];
  if (lines.length === 0) return;
  edge.stderr.write(`${manner.quiet ? '' : '\n'}${lines.join('\n\n')}\n`);
};

type Asked = Extract<Parsed, { readonly kind: 'command' }>;

const selected = ({ name, options }: Asked): readonly string[] => {
  const names = Array.isArray(options['select']) ? (options['select'] as readonly string[]) : [];
  const { select } = specOf(name);
  if (names.length > 0 && select === 'none') {
    throw usage(`\`tidemark ${name}\` takes all tables: it has no \`--select\``, '`verify` and `history` have it');
  }
  if (names.length > 1 && select === 'one') throw usage(`\`tidemark ${name}\` takes one name with \`--select\``);
  return names;
};

const checkLogFormat = (format: unknown): void => {
  if (format === undefined || format === 'pretty' || format === 'json') return;
  throw usage(`\`--log-format\` is \`pretty\` or \`json\`, not \`${String(format)}\``);
};

const untilSignal = (signal: AbortSignal): { readonly stopped: Promise<never>; readonly forget: () => void } => {
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(interrupted());
    signal.addEventListener('abort', stop);
  });
  return { stopped, forget: () => signal.removeEventListener('abort', stop) };
};

const optionText = (options: Asked['options'], name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

const execute = async (asked: Asked, edge: Edge, manner: Manner, line: ProgressLine | undefined): Promise<Outcome> => {
  checkLogFormat(asked.options['logFormat']);
  const select = selected(asked);
  const command = await specOf(asked.name).load();
  const invocation: Invocation = {
    project: async () => {
      const { readProject } = await import('../project/read-project.ts');
      return readProject({
        directory: optionText(asked.options, 'project'),
        environment: optionText(asked.options, 'env'),
        variables: edge.variables,
      });
    },
    args: asked.args,
    options: asked.options,
    select,
    json: manner.json,
    log: manner.log,
    progress: line?.progress ?? { step: () => undefined },
    signal: edge.signal,
  };
  if (command.endsOnSignal) return command.execute(invocation);
  const { stopped, forget } = untilSignal(edge.signal);
  try {
    return await Promise.race([command.execute(invocation), stopped]);
  } finally {
    forget();
  }
};

const version = (): string => {
  const { version: number } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return `tidemark ${number}`;
};

const answerHelp = async (of: CommandName | undefined, edge: Edge, style: Style): Promise<void> => {
  const { renderCommandHelp, renderHelp } = await import('./render/help.ts');
  edge.stdout.write(`${of === undefined ? renderHelp(style) : renderCommandHelp(of, style)}\n`);
};

const perform = async (asked: Asked, edge: Edge, manner: Manner): Promise<number> => {
  const watched = edge.stderr.isTTY && !manner.quiet && !manner.verbose && manner.log.format === 'pretty';
  const line = watched ? openProgressLine({ width: manner.err.width, write: edge.stderr.write }) : undefined;
  const log: Log = line === undefined ? manner.log : { ...manner.log, info: (message, facts) => (line.clear(), manner.log.info(message, facts)) };
  const stopLogging = manner.verbose ? (await import('../observe/statement-log.ts')).logStatements(manner.log) : undefined;
  try {
    const outcome = await execute(asked, edge, { ...manner, log }, line);
    line?.stop();
    tell(outcome, edge, manner);
    return outcome.exit;
  } finally {
    line?.stop();
    stopLogging?.();
  }
};

export const runProgram = async (argv: readonly string[], edge: Edge): Promise<number> => {
  const manner = await mannerOf(argv, edge);
  let command: CommandName | undefined;
  try {
    const parsed = parseArguments(argv);
    switch (parsed.kind) {
      case 'help':
        await answerHelp(parsed.of, edge, manner.out);
        return 0;
      case 'version':
        edge.stdout.write(`${version()}\n`);
        return 0;
      case 'command':
        command = parsed.name;
        return await perform(parsed, edge, manner);
    }
  } catch (error) {
    const known = wrapped(error);
    tellError(known, command, edge, manner);
    return known.exitCode;
  }
};
