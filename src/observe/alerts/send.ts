// Sends a message by a channel, whatever that is.
import { createHmac } from 'node:crypto';
import type { AlertChannel } from '../../project/alert-settings.ts';
import type { Message } from './alert.ts';
import { post } from '../post.ts';
import { runCommand } from './run-command.ts';
import { slackText } from './slack.ts';

/** What a receiver works out again: HMAC-SHA256 over `<seconds>.<body>`. */
export const signatureOf = (secret: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

/** Answers what went wrong, without secrets; nothing where it arrived. */
export const send = async (
  { place, timeoutMs }: AlertChannel,
  message: Message,
  around: { readonly directory: string; readonly nowMs: number },
): Promise<string | undefined> => {
  switch (place.kind) {
    case 'slack': {
      const body = JSON.stringify({ text: slackText(message) });
      return post({ url: place.url, body, timeoutMs, headers: { 'content-type': 'application/json' } });
    }
    case 'webhook': {
      const body = JSON.stringify(message);
      const seconds = Math.floor(around.nowMs / 1000);
      const signed =
        place.secret === undefined
          ? {}
          : { 'x-tidemark-signature': signatureOf(place.secret, seconds, body) };
      const headers = {
        'content-type': 'application/json',
        'x-tidemark-event': message.event,
        ...place.headers,
        ...signed,
      };
      return post({ url: place.url, body, timeoutMs, headers });
    }
    case 'command':
      return runCommand({ words: place.words, directory: around.directory, timeoutMs }, message);
  }
};
