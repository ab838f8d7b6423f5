// What we say besides the data, on stderr: lines for people, or one JSON object a line for machines.

export interface Log {
  readonly format: 'pretty' | 'json';
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** Of machines' lines: stands in each from now on, until it is bound to nothing. The run that is at work and its
   *  batch. */
  bind(facts: Readonly<Record<string, unknown>>): void;
}

type Write = (text: string) => void;

const pretty = (write: Write): Log => {
  const line = (message: string): void => write(`${message}\n`);
  return { format: 'pretty', info: line, error: line, debug: line, bind: () => undefined };
};

/** One object a line, which is all that a library for logs would do here and 20 ms of start-up less. */
const json = (write: Write): Log => {
  let bound: Readonly<Record<string, unknown>> = {};
  const line =
    (level: string) =>
    (message: string, facts?: Readonly<Record<string, unknown>>): void => {
      const time = new Date().toISOString();
      write(`${JSON.stringify({ level, time, ...bound, ...facts, msg: message })}\n`);
    };
  return {
    format: 'json',
    info: line('info'),
    error: line('error'),
    debug: line('debug'),
    bind: (facts) => {
      bound = { ...bound, ...facts };
    },
  };
};

export const openLog = (format: Log['format'], write: Write): Log =>
  format === 'json' ? json(write) : pretty(write);
