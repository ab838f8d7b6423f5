// Figures of one command in a file of metrics. A file that cannot be written fails nothing: the work counts, not its
// figures.
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { saveMetrics, takeUpMetrics } from '../observe/metrics-file.ts';
import { tallyStatements } from '../observe/statement-tally.ts';

export interface MeasuredFile {
  /** Writes what the command came to, with the statements that it took. */
  write(count: (metrics: Metrics) => void): void;
}

const nothing: MeasuredFile = { write: () => undefined };

export const measuredFile = (log: Log, path: string | undefined, command: string): MeasuredFile => {
  if (path === undefined) return nothing;
  const tally = tallyStatements();
  return {
    write: (count) => {
      tally.stop();
      try {
        const metrics = takeUpMetrics(path);
        count(metrics);
        tally.addTo(metrics, command);
        saveMetrics(path, metrics);
      } catch (error) {
        log.error(
          `the metrics were not written to \`${path}\`: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
  };
};
