// The command line called in this process, on the project of a sandbox.
import { runProgram } from '../../src/cli/program.ts';
import type { Sandbox } from '../support/sandbox.ts';

export interface Answered {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of a call with `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  /** Told what the call says on stderr, as it says it. */
  readonly onStderr?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export const call = async (
  sandbox: Sandbox,
  argv: readonly string[],
  options: CallOptions = {},
): Promise<Answered> => {
  let [stdout, stderr] = ['', ''];
  const exit = await runProgram([...argv, '--project', sandbox.folder], {
    stdout: { isTTY: false, columns: 80, write: (text) => void (stdout += text) },
    stderr: {
      isTTY: false,
      columns: 80,
      write: (text) => {
        stderr += text;
        options.onStderr?.(stderr);
      },
    },
    variables: {},
    signal: options.signal ?? new AbortController().signal,
  });
  const json: unknown = argv.includes('--json') ? JSON.parse(stdout) : {};
  return { exit, stdout, stderr, json: json as Readonly<Record<string, unknown>> };
};
