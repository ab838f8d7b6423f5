// Brings an event to where the project file or the variables say: a line of a file, or a post to a server.
import { appendFile } from 'node:fs/promises';
import type { LineageSettings } from '../../project/lineage-settings.ts';
import { post } from '../post.ts';

const append = async (path: string, line: string): Promise<string | undefined> => {
  try {
    await appendFile(path, line, { mode: 0o600 });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return `\`${path}\` cannot be written (${code})`;
  }
};

/** Answers what went wrong, without secrets. */
export const emit = async (
  { url, apiKey, file, timeoutMs }: LineageSettings,
  event: object,
): Promise<readonly string[]> => {
  const body = JSON.stringify(event);
  const key = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const headers = { 'content-type': 'application/json', ...key };
  const wrong = await Promise.all([
    file === undefined ? undefined : append(file, `${body}\n`),
    url === undefined ? undefined : post({ url, body, headers, timeoutMs }),
  ]);
  return wrong.flatMap((why) => why ?? []);
};
