// One call of the program: arguments in, an exit status out. What is data goes to stdout, all else to stderr.
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import type { Log } from '../observe/log.ts';
import { commandNames, specOf, type CommandName } from './command-table.ts';
import type { Invocation, Outcome } from './invocation.ts';
import { mannerOf, type Edge, type Manner } from './manner.ts';
import { packageVersion } from './package-version.ts';
import { parseArguments, type Parsed } from './parse.ts';
import { openProgressLine, type ProgressLine } from './render/progress.ts';
import type { Screen } from './render/screen.ts';
import type { Style } from './render/style.ts';
import { tell, tellError } from './tell.ts';
import { usage } from './usage.ts';

const interrupted = (): TidemarkError =>
  new TidemarkError('interrupted', { message: 'interrupted, nothing was written' });

const wrapped = (error: unknown): TidemarkError =>
  isTidemarkError(error)
    ? error
    : new TidemarkError('internal', {
        message: `a fault of tidemark itself: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'run it again with --verbose and report what it prints',
        cause: error,
      });

type Asked = Extract<Parsed, { readonly kind: 'command' }>;

const selected = ({ name, options }: Asked): readonly string[] => {
  const names = Array.isArray(options['select']) ? (options['select'] as readonly string[]) : [];
  const { select } = specOf(name);
  if (names.length > 0 && select === 'none') {
    throw usage(
      `\`tidemark ${name}\` takes all tables: it has no \`--select\``,
      '`verify` and `history` have it',
    );
  }
  if (names.length > 1 && select === 'one')
    throw usage(`\`tidemark ${name}\` takes one name with \`--select\``);
  return names;
};

const checkLogFormat = (format: string | undefined): void => {
  if (format === undefined || format === 'pretty' || format === 'json') return;
  throw usage(`\`--log-format\` is \`pretty\` or \`json\`, not \`${format}\``);
};

const untilSignal = (
  signal: AbortSignal,
): { readonly stopped: Promise<never>; readonly forget: () => void } => {
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

/** None where nothing may be drawn. */
const screenOf = ({ stdout }: Edge, manner: Manner): Screen | undefined =>
  !stdout.isTTY || manner.json || manner.quiet
    ? undefined
    : {
        style: () => ({ ...manner.out, width: stdout.columns ?? manner.out.width }),
        height: () => stdout.rows ?? 24,
        write: (text) => stdout.write(text),
      };

const execute = async (
  asked: Asked,
  edge: Edge,
  manner: Manner,
  line: ProgressLine | undefined,
): Promise<Outcome> => {
  checkLogFormat(optionText(asked.options, 'logFormat'));
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
    progress: {
      step: () => undefined,
      ...line?.progress,
      batch: (batch) => manner.log.bind({ batch }),
    },
    signal: edge.signal,
    variables: edge.variables,
    ask: manner.json || manner.quiet ? undefined : edge.ask,
    screen: screenOf(edge, manner),
    commands: commandNames.map((name) => ({ name, ...specOf(name) })),
  };
  if (command.endsOnSignal) return command.execute(invocation);
  const { stopped, forget } = untilSignal(edge.signal);
  try {
    return await Promise.race([command.execute(invocation), stopped]);
  } finally {
    forget();
  }
};

const version = (): string => `tidemark ${packageVersion()}`;

const answerHelp = async (of: CommandName | undefined, edge: Edge, style: Style): Promise<void> => {
  const { renderCommandHelp, renderHelp } = await import('./render/help.ts');
  edge.stdout.write(`${of === undefined ? renderHelp(style) : renderCommandHelp(of, style)}\n`);
};

/** A line that is said while the progress line stands takes its place. */
const clearing = (log: Log, line: ProgressLine): Log => ({
  ...log,
  info: (message, facts) => {
    line.clear();
    log.info(message, facts);
  },
});

const perform = async (asked: Asked, edge: Edge, manner: Manner): Promise<number> => {
  const watched = edge.stderr.isTTY && !manner.quiet && !manner.verbose && manner.log.format === 'pretty';
  const line = watched
    ? openProgressLine({ width: manner.err.width, write: (text) => edge.stderr.write(text) })
    : undefined;
  const log: Log = line === undefined ? manner.log : clearing(manner.log, line);
  const stopLogging = manner.verbose
    ? (await import('../observe/statement-log.ts')).logStatements(manner.log)
    : undefined;
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
  const manner = mannerOf(argv, edge);
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
