// `alerts` and `openlineage` of the project file: what they take, and that what is wrong is said without secrets.
import { describe, expect, it } from 'vitest';
import { parseProject } from '../../src/project/parse-project.ts';
import type { Variables } from '../../src/project/variables.ts';

const parse = (text: string, variables: Variables = {}) =>
  parseProject({
    path: '/shop/tidemark.yml',
    file: 'tidemark.yml',
    directory: '/shop',
    text: `version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\n${text}`,
    variables,
    files: { exists: () => false, read: () => undefined },
  });

const secret = 'T0PSECRET';

describe('alerts', () => {
  it('are channels with what they want to hear', () => {
    const { project, problems } = parse(
      `alerts:
  repeat: 4h
  per_hour: 5
  state: /var/lib/tidemark/alerts.json
  channels:
    team: { slack: "\${SLACK}" }
    pager: { webhook: https://pager.example/x, secret: "\${SECRET}", headers: { Authorization: Bearer abc }, events: [failure, recovery], timeout: 3s }
    local: { command: [./notify.sh, "--team", data] }
`,
      { SLACK: 'https://hooks.slack.example/services/x', SECRET: secret },
    );
    expect(problems).toEqual([]);
    expect(project?.alerts).toMatchObject({
      repeatMs: 14_400_000,
      perHour: 5,
      state: '/var/lib/tidemark/alerts.json',
      channels: [
        { name: 'team', place: { kind: 'slack', url: 'https://hooks.slack.example/services/x' } },
        {
          name: 'pager',
          place: { kind: 'webhook', secret, headers: { Authorization: 'Bearer abc' } },
          events: ['failure', 'recovery'],
          timeoutMs: 3000,
        },
        { name: 'local', place: { kind: 'command', words: ['./notify.sh', '--team', 'data'] } },
      ],
    });
  });

  it.each([
    ['alerts: {}', 'key `channels` is missing from `alerts`'],
    ['alerts: { channels: { team: {} } }', 'key `slack` is missing from alert channel `team`'],
    [
      `alerts: { channels: { team: { slack: ${secret} } } }`,
      '`slack` must be an address that starts with `https://`, not what stands there',
    ],
    [`alerts: { channels: { team: { webhook: "ftp://u:${secret}@x" } } }`, '`webhook` must be an address'],
    [
      `alerts: { channels: { team: { slack: https://x.example/${secret}, command: ls } } }`,
      '`command` stands beside `slack`',
    ],
    [
      `alerts: { channels: { team: { slack: https://x.example/${secret}, secret: ${secret} } } }`,
      '`secret` belongs to a `webhook`',
    ],
    ['alerts: { channels: { team: { command: [] } } }', '`command` must be a program'],
    [
      'alerts: { channels: { team: { command: ls, events: [failures] } } }',
      '`events` must be one of `failure`',
    ],
    ['alerts: { channels: { team: { command: ls, timeout: 5m } } }', '`timeout` must be at most `60s`'],
    ['alerts: { channels: { "a b": { command: ls } } }', 'the name of a channel'],
    ['alerts: { channels: { __proto__: { command: ls } } }', 'the name of a channel'],
    ['alerts: { channels: { team: { command: ls } }, per_hour: 0 }', '`per_hour` must be at least 1'],
    [
      `alerts: { channels: { team: { webhook: https://x.example, headers: { "A b": ${secret} } } } }`,
      'the name of a header',
    ],
  ])('%s is refused', (text, message) => {
    const { project, problems } = parse(text);
    expect(project).toBeUndefined();
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
    expect(JSON.stringify(problems)).not.toContain(secret);
  });

  it.each([
    `warehouse: { type: postgres, url: 1, password: ${secret}, passphrase: "${secret}" }`,
    `alerts: { channels: { t: { webhook: x, headers: { "X-Key": ${secret}, b: ${secret} } } }, repeat: never }`,
    `alerts:\n  channels:\n    t:\n      webhook: x\n      headers:\n        Bad Name: ${secret}\n        "Bad Two": ${secret}\n`,
  ])('shows no secret of %s', (text) => {
    const { problems } = parse(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain(secret);
  });

  it('of an environment replace those of the project', () => {
    const { project } = parse(
      'alerts: { channels: { team: { command: one } } }\nenvironments: { prod: { alerts: { channels: { team: { command: two } } } } }\ndefault_environment: prod\n',
    );
    expect(project?.alerts?.channels).toMatchObject([{ place: { words: ['two'] } }]);
  });
});

describe('openlineage', () => {
  it('takes the variables that other tools read', () => {
    const variables = {
      OPENLINEAGE_URL: 'http://lineage:5000/',
      OPENLINEAGE_API_KEY: secret,
      OPENLINEAGE_NAMESPACE: 'prod',
    };
    expect(parse('', variables).project?.lineage).toEqual({
      url: 'http://lineage:5000/api/v1/lineage',
      apiKey: secret,
      file: undefined,
      namespace: 'prod',
      parent: undefined,
      timeoutMs: 5000,
    });
    expect(parse('', { ...variables, OPENLINEAGE_DISABLED: 'true' }).project?.lineage).toBeUndefined();
    expect(parse('').project?.lineage).toBeUndefined();
  });

  it('of the project file goes before them', () => {
    const { project } = parse('openlineage: { file: lineage.ndjson, namespace: shop }\n', {
      OPENLINEAGE_URL: 'http://lineage:5000',
    });
    expect(project?.lineage).toMatchObject({
      url: undefined,
      file: '/shop/lineage.ndjson',
      namespace: 'shop',
    });
  });

  it.each([
    ['openlineage: {}', 'key `url` is missing from `openlineage`'],
    [`openlineage: { url: ${secret} }`, '`url` must be an address'],
    [`openlineage: { url: https://x.example, api_key: [${secret}] }`, '`api_key` must be a text'],
  ])('%s is refused', (text, message) => {
    const { problems } = parse(text);
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  });
});
