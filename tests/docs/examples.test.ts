// The examples speak of what there is: every metric, command and flag that they name.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseArguments } from '../../src/cli/parse.ts';
import { metricTable } from '../../src/observe/metrics.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8');

const metricsIn = (text: string): readonly string[] => [...new Set(text.match(/tidemark_[a-z_]+/g) ?? [])];

describe('metrics', () => {
  it.each(['prometheus/alerts.yml', 'grafana/tidemark.json'])('of %s are ours', (file) => {
    const named = metricsIn(read(file));
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !Object.hasOwn(metricTable, name))).toEqual([]);
  });

  it('are all shown by the dashboard or the alerts', () => {
    const shown = new Set(metricsIn(read('prometheus/alerts.yml') + read('grafana/tidemark.json')));
    const quiet = ['tidemark_batches_total', 'tidemark_last_batch', 'tidemark_last_run_timestamp_seconds'];
    expect(Object.keys(metricTable).filter((name) => !shown.has(name) && !quiet.includes(name))).toEqual([]);
  });
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

it('alert rules have what Prometheus wants of them', () => {
  const { groups } = parse(read('prometheus/alerts.yml')) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(3);
  for (const { alert, expr, labels, annotations } of rules) {
    expect([alert, expr, labels.severity, annotations.summary].every((text) => text.length > 0)).toBe(true);
    // Brackets close.
    const brackets = (kind: RegExp): number => expr.match(kind)?.length ?? 0;
    expect(brackets(/[([{]/g)).toBe(brackets(/[)\]}]/g));
  }
});

describe('commands', () => {
  const wordsAfter = (line: string): readonly string[] =>
    line
      .slice(line.indexOf('tidemark ') + 9)
      .trim()
      .split(/\s+/);

  it('of the systemd unit parse', () => {
    const line = /^ExecStart=(.*)$/m.exec(read('systemd/tidemark.service'))?.[1] ?? '';
    expect(parseArguments(wordsAfter(line))).toMatchObject({ kind: 'command', name: 'schedule' });
  });

  it('of the CronJob parse', () => {
    const job = parse(read('kubernetes/cronjob.yml')) as {
      readonly spec: {
        readonly jobTemplate: {
          readonly spec: {
            readonly template: {
              readonly spec: { readonly containers: readonly { readonly command: readonly string[] }[] };
            };
          };
        };
      };
    };
    const [container] = job.spec.jobTemplate.spec.template.spec.containers;
    const words = container?.command ?? [];
    expect(parseArguments(words.slice(words.indexOf('tidemark') + 1))).toMatchObject({
      kind: 'command',
      name: 'run',
    });
  });
});
