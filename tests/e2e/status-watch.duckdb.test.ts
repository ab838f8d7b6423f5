// `tidemark status --watch` on a pseudo-terminal that script(1) makes: drawn in place, ended by Ctrl-C, refused elsewhere.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const hasScript = existsSync('/usr/bin/script');

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = new Sandbox();
  await sandbox.fill();
});
afterEach(() => sandbox.remove());

const escape = String.fromCodePoint(27);
const tokens = new RegExp(`${escape}\\[[0-9;?]*[A-Za-z]|\\r|\\n|[^\\r\\n${escape}]+`, 'g');
const upwards = new RegExp(`^${escape}\\[(\\d+)A$`);
const codes = new RegExp(`${escape}\\[[0-9;]*[A-Za-z]`, 'g');

/** What a terminal of this size shows in the end, given all that was written to it. */
const shownBy = (written: string, rows: number): readonly string[] => {
  const lines: string[] = [''];
  let at = 0;
  for (const [token] of written.matchAll(tokens)) {
    const up = upwards.exec(token);
    if (up !== null) at = Math.max(0, at - Number(up[1]));
    else if (token === '\u001B[K') lines[at] = '';
    else if (token === '\u001B[J') lines.length = at + 1;
    else if (token === '\n') {
      at += 1;
      if (lines.length <= at) lines.push('');
    } else if (token !== '\r' && !token.startsWith('\u001B')) lines[at] = (lines[at] ?? '') + token;
  }
  return lines.slice(-rows).map((line) => line.trimEnd());
};

const onTerminal = (args: readonly string[], size = 'stty cols 90 rows 30') => {
  const words = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('/usr/bin/script', ['-qec', `${size}; exec ${words}`, '/dev/null'], {
    cwd: sandbox.folder,
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (status) => resolve(status));
  });
  const until = async (wanted: (text: string) => boolean): Promise<void> => {
    while (!wanted(text)) {
      await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
      if (child.exitCode !== null && !wanted(text)) throw new Error(`ended without it: ${text}`);
    }
  };
  return { child, ended, until, text: () => text };
};

describe.runIf(hasScript)('on a terminal', () => {
  it('is drawn in its place, shows what changes, and ends by Ctrl-C with 130', async () => {
    const { child, ended, until, text } = onTerminal(['status', '--watch', '--every', '300ms']);
    await until((each) => each.includes('no run has ended yet'));
    await sandbox.run('run');
    await until((each) => each.includes('last batch 1 (applied)'));
    child.stdin.write('\u0003');
    expect(await ended).toBe(130);
    const shown = shownBy(text(), 30).join('\n');
    expect(shown).toContain('project corner, environment dev, duckdb corner.duckdb');
    expect(shown.match(/project corner/g)).toHaveLength(1);
    expect(shown).toMatch(/dim_customer +in step/);
    expect(shown).toContain('Ctrl-C ends');
    expect(shown).not.toContain('no run has ended yet');
  });

  it('goes on while another process has the file, and fits a low and narrow terminal', async () => {
    await sandbox.run('run');
    // Seldom enough that the other process finds the file free.
    const { child, ended, until, text } = onTerminal(
      ['status', '--watch', '--every', '3s'],
      'stty cols 40 rows 8',
    );
    await until((each) => each.includes('last batch 1'));
    const holder = await sandbox.hold();
    await until((each) => each.includes('not to be read just now'));
    holder.child.kill('SIGKILL');
    await holder.ended;
    child.stdin.write('\u0003');
    await ended;
    // A line of progress is written over itself.
    const lines = text().replaceAll(codes, '').split(/\r|\n/);
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
    expect(text()).toContain('the terminal is too low for the rest');
  });
});

describe('elsewhere', () => {
  it.each([
    [['status', '--watch'], '`--watch` draws on a terminal, and stdout is none here'],
    [['status', '--watch', '--json'], '`--watch` draws on a terminal'],
    [['status', '--every', '2s'], '`--every` goes with `--watch`'],
  ])('%j is refused', async (args, message) => {
    const { exit, stdout, stderr } = await sandbox.run(...args);
    expect({ exit, said: stdout + stderr }).toEqual({
      exit: 2,
      said: expect.stringContaining(message) as string,
    });
  });
});
