// What we say besides the data, on stderr: lines for people, or one JSON object a line for machines.
import type { Logger } from 'pino';

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

const json = async (write: Write): Promise<Log> => {
  // 20 ms of start-up that only this format needs.
  const { pino, stdTimeFunctions } = await import('pino');
  const logger: Logger = pino(
    {
      level: 'debug',
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    { write },
  );
  let bound: Readonly<Record<string, unknown>> = {};
  return {
    format: 'json',
    info: (message, facts) => logger.info({ ...bound, ...facts }, message),
    error: (message, facts) => logger.error({ ...bound, ...facts }, message),
    debug: (message, facts) => logger.debug({ ...bound, ...facts }, message),
    bind: (facts) => {
      bound = { ...bound, ...facts };
    },
  };
};

export const openLog = async (format: Log['format'], write: Write): Promise<Log> =>
  format === 'json' ? json(write) : pretty(write);
