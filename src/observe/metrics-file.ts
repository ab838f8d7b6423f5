// Metrics in a file, for the textfile collector of Prometheus' node exporter: replaced whole, so that nobody reads
// half of one; its counters go on where the run before left them.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { openMetrics, type Metrics } from './metrics.ts';

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the first run
  }
};

export const takeUpMetrics = (path: string | undefined): Metrics =>
  openMetrics(path === undefined ? '' : textOf(path));

/** A process that lives long takes up what others wrote meanwhile. */
export const takeUpSince = (path: string, metrics: Metrics): void => metrics.takeUp(textOf(path));

/** Readable by the collector, whoever it runs as. */
const mode = 0o644;

export const saveMetrics = (path: string, metrics: Metrics): void => {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, metrics.text(), { mode });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
};
