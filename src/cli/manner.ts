// The manner in which a call wants to be answered, and the streams that it is answered on.
import { openLog, type Log } from '../observe/log.ts';
import { styleOf, type Style } from './render/style.ts';

export interface Stream {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): void;
}

export interface Edge {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where somebody sits at the terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Given by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Manner {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly out: Style;
  readonly err: Style;
  readonly log: Log;
}

const defaultWidth = 80;

const styleFor = (stream: Stream, argv: readonly string[], { variables }: Edge): Style => {
  const wanted =
    !argv.includes('--no-color') && (variables['NO_COLOR'] ?? '') === '' && variables['TERM'] !== 'dumb';
  return styleOf(stream.isTTY && wanted, stream.columns ?? defaultWidth);
};

const has = (argv: readonly string[], ...flags: readonly string[]): boolean =>
  argv.some((word) => flags.includes(word));

const valueOf = (argv: readonly string[], flag: string): string | undefined => {
  const place = argv.indexOf(flag);
  return place === -1
    ? argv.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1)
    : argv[place + 1];
};

/** Read off the words themselves: also a call that cannot be parsed is answered in the manner that it asked for. */
export const mannerOf = (argv: readonly string[], edge: Edge): Manner => {
  const format = valueOf(argv, '--log-format');
  return {
    // `--format json` means the errors as well.
    json: has(argv, '--json') || valueOf(argv, '--format') === 'json',
    quiet: has(argv, '--quiet', '-q'),
    verbose: has(argv, '--verbose', '-v'),
    out: styleFor(edge.stdout, argv, edge),
    err: styleFor(edge.stderr, argv, edge),
    log: openLog(format === 'json' ? 'json' : 'pretty', (text) => edge.stderr.write(text)),
  };
};
