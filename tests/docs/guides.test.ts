// Every call of the program that a guide of operations names is one; every project file is taken; the code runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/parse.ts';
import { signatureOf } from '../../src/observe/alerts/send.ts';
import { alertEvents } from '../../src/project/alert-settings.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import { callsOf, examplesOf, mentionsOf, textOf } from './guide.ts';

const guides = [
  'init.md',
  'operations.md',
  'alerting.md',
  'capacity.md',
  'upgrade.md',
  'disaster-recovery.md',
];

describe.each(guides)('docs/%s', (guide) => {
  const calls = [...callsOf(guide), ...mentionsOf(guide)].filter((call) => call.startsWith('tidemark '));

  it('calls commands that there are', () => {
    expect(calls.length).toBeGreaterThan(guide === 'operations.md' ? 3 : 1);
    for (const call of calls) {
      const words = [...call.replace(/\s+#.*$/, '').matchAll(/'([^']*)'|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? '',
      );
      expect([call, parseArguments(words.slice(1))]).toEqual([
        call,
        expect.objectContaining({ kind: 'command' }),
      ]);
    }
  });
});

const parse = (text: string) =>
  parseProject({
    path: '/shop/tidemark.yml',
    file: 'tidemark.yml',
    directory: '/shop',
    text: `version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\n${text}`,
    variables: { SLACK_WEBHOOK_URL: 'https://hooks.example/x', PAGER_SECRET: 'hush', LINEAGE_KEY: 'hush' },
    files: { exists: () => false, read: () => undefined },
  });

describe('docs/alerting.md', () => {
  it('shows channels that the project file takes', () => {
    const [example] = examplesOf('alerting.md').filter(({ language }) => language === 'yaml');
    const { project, problems } = parse(example?.text ?? '');
    expect(problems).toEqual([]);
    expect(project?.alerts?.channels.map(({ place }) => place.kind)).toEqual(['slack', 'webhook', 'command']);
  });

  it('lists every event', () => {
    const text = textOf('alerting.md');
    expect(alertEvents.filter((event) => !text.includes(`| \`${event}\` |`))).toEqual([]);
  });

  it('checks signatures as we make them', async () => {
    const [code] = examplesOf('alerting.md').filter(({ language }) => language === 'js');
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-guide-'));
    try {
      const file = join(folder, 'check.mjs');
      writeFileSync(file, code?.text ?? '');
      const { isOurs } = (await import(pathToFileURL(file).href)) as {
        isOurs: (secret: string, header: string, body: string, now?: number) => boolean;
      };
      const header = signatureOf('hush', 1000, 'body');
      expect(isOurs('hush', header, 'body', 1100)).toBe(true);
      expect([
        isOurs('other', header, 'body', 1100),
        isOurs('hush', header, 'body.', 1100),
        isOurs('hush', header, 'body', 2000),
        isOurs('hush', 'v1=x', 'body', 1100),
      ]).toEqual([false, false, false, false]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('docs/operations.md shows lineage that the project file takes', () => {
  const [, inline = ''] = /`(openlineage: [^`]+)`/.exec(textOf('operations.md')) ?? [];
  const { project, problems } = parse(inline);
  expect(problems).toEqual([]);
  expect(project?.lineage?.url).toBe('https://lineage.example/api/v1/lineage');
});
