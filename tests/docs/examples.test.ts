// The examples speak of what there is: every metric, command and flag that they name; and they are what Prometheus,
// systemd and Kubernetes read.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseArguments } from '../../src/cli/parse.ts';
import { metricTable } from '../../src/observe/metrics.ts';
import { cronJobErrors } from './cron-job-schema.ts';
import { unitProblems } from './unit-file.ts';

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

/** By the grammar that Prometheus' own editor reads them with. */
const isPromql = (expression: string): boolean => {
  let whole = expression.trim() !== '';
  parser.parse(expression).iterate({
    enter: ({ type }) => {
      if (type.isError) whole = false;
    },
  });
  return whole;
};

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

it('panels of the dashboard ask in PromQL, by labels that the metric has', () => {
  const { panels } = JSON.parse(read('grafana/tidemark.json')) as { readonly panels: readonly Panel[] };
  const asked = panels.flatMap(({ targets }) => targets);
  expect(asked.filter(({ expr }) => !isPromql(expr))).toEqual([]);
  expect(isPromql('sum by (a (tidemark_rows_total)')).toBe(false);
  for (const { expr, legendFormat } of asked) {
    const labels = metricsIn(expr).flatMap((name): readonly string[] =>
      Object.hasOwn(metricTable, name) ? metricTable[name as keyof typeof metricTable].labels : [],
    );
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? '');
    expect([expr, shown.filter((label) => !labels.includes(label))]).toEqual([expr, []]);
  }
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
    expect([expr, isPromql(expr)]).toEqual([expr, true]);
  }
});

describe('commands', () => {
  const wordsAfter = (line: string): readonly string[] =>
    line
      .slice(line.indexOf('tidemark ') + 9)
      .trim()
      .split(/\s+/);

  it.each([
    ['tidemark.service', 'schedule'],
    ['tidemark-run.service', 'run'],
  ])('of %s parse', (file, name) => {
    const line = /^ExecStart=(.*)$/m.exec(read(`systemd/${file}`))?.[1] ?? '';
    expect(parseArguments(wordsAfter(line))).toMatchObject({ kind: 'command', name });
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

describe('systemd', () => {
  const folder = fileURLToPath(new URL('../../examples/systemd/', import.meta.url));
  const files = readdirSync(folder);
  const analyze = ['/usr/bin/systemd-analyze', '/bin/systemd-analyze'].find((path) => existsSync(path));

  it.each(files)('reads %s whole', (file) => {
    expect(unitProblems(read(`systemd/${file}`))).toEqual([]);
    expect(unitProblems('[Timer]\nPersistant=true\n')).toEqual(['unknown key in [Timer]: Persistant']);
  });

  it('has a service for its timer', () => {
    const timers = files.filter((file) => file.endsWith('.timer'));
    expect(timers).toEqual(['tidemark-run.timer']);
    expect(files).toContain('tidemark-run.service');
  });

  it.runIf(analyze !== undefined)('finds nothing wrong itself, where there is one', () => {
    const { stderr, status } = spawnSync(
      analyze ?? '',
      ['verify', '--man=no', ...files.map((file) => `${folder}${file}`)],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

it('the CronJob is one of batch/v1, key by key', () => {
  const job: unknown = parse(read('kubernetes/cronjob.yml'));
  expect(cronJobErrors(job)).toEqual([]);
  const misspelt: unknown = parse(read('kubernetes/cronjob.yml').replace('backoffLimit', 'backOffLimit'));
  expect(cronJobErrors(misspelt)).toEqual(['/spec/jobTemplate/spec must NOT have additional properties']);
});
