// `tidemark completion`: the scripts are read by the shells that are here, and complete what they should.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandNames, specOf } from '../../src/cli/command-table.ts';
import { completionScript, shells } from '../../src/cli/render/completion.ts';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors } from './cli-schemas.ts';

const known = commandNames.map((name) => ({ name, ...specOf(name) }));

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.remove());

const complete = (words: readonly string[]): readonly string[] => {
  const bin = join(sandbox.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  // Stands in for the program: what it prints for `completion names` is another test's affair.
  writeFileSync(join(bin, 'tidemark'), '#!/bin/sh\nprintf "companies\\nfact_vendor\\n"\n', { mode: 0o755 });
  const script = `${completionScript('bash', known)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _tidemark
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });
  return output.split('\n').filter((line) => line !== '');
};

describe('completion in bash', () => {
  it('knows the commands', () => {
    expect(complete(['tidemark', ''])).toEqual([...commandNames, 'help']);
    expect(complete(['tidemark', 'roll'])).toEqual(['rollback']);
  });

  it('knows the flags of each', () => {
    expect(complete(['tidemark', 'plan', '--ex'])).toEqual(['--exit-code']);
    expect(complete(['tidemark', 'history', '--exit'])).toEqual([]);
    expect(complete(['tidemark', '--json', 'verify', '--sel'])).toEqual(['--select']);
  });

  it('knows the tables of the project', () => {
    expect(complete(['tidemark', 'verify', '-s', ''])).toEqual(['companies', 'fact_vendor']);
    expect(complete(['tidemark', 'pause', 'fact'])).toEqual(['fact_vendor']);
  });
});

describe('the scripts', () => {
  it.each(shells)('for %s name every command', (shell) => {
    const script = completionScript(shell, known);
    for (const name of commandNames) expect(script).toContain(name);
  });

  it.each(['zsh', 'fish'] as const)('for %s are syntax that it reads, where it is installed', (shell) => {
    const program = ['/bin', '/usr/bin', '/usr/local/bin']
      .map((folder) => join(folder, shell))
      .find(existsSync);
    const script = completionScript(shell, known);
    if (program !== undefined) execFileSync(program, ['-n'], { input: script });
    // Quotes close, installed or not.
    expect((script.replaceAll(`'\\''`, '').match(/'/g) ?? []).length % 2).toBe(0);
  });
});

describe('tidemark completion', () => {
  it('prints a script, and the names of the project', async () => {
    const { exit, value } = await sandbox.json('completion', 'fish');
    expect({ exit, errors: schemaErrors(value) }).toEqual({ exit: 0, errors: [] });
    expect(await sandbox.run('completion', 'names')).toMatchObject({
      exit: 0,
      stdout: 'countries\ncustomers\ndim_customer\n',
      stderr: '',
    });
  });

  it('is silent about names where there is no project, and refuses other shells', async () => {
    expect(await sandbox.run('completion', 'names', '--project', '/')).toMatchObject({ exit: 0, stderr: '' });
    const { exit, stderr } = await sandbox.run('completion', 'tcsh');
    expect({ exit, stderr }).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('there is no completion for `tcsh`') as string,
    });
  });
});
