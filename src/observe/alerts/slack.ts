// A message as Slack's incoming webhooks take it.
import type { AlertItem, Message } from './alert.ts';

/** Slack's own signs; nothing of ours must name a channel or a person. */
const plain = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const code = (text: string): string => `\`${plain(text).replaceAll('`', "'")}\``;

const marks: Readonly<Record<Message['event'], string>> = {
  failure: ':red_circle:',
  partial: ':large_orange_circle:',
  guard: ':large_orange_circle:',
  lag: ':hourglass:',
  drift: ':large_yellow_circle:',
  rejected: ':large_yellow_circle:',
  recovery: ':large_green_circle:',
  test: ':wave:',
};

const shownItems = 10;
const longestText = 500;

const cut = (text: string): string => (text.length <= longestText ? text : `${text.slice(0, longestText)}…`);

const itemLine =
  (event: Message['event']) =>
  ({ relation, what, next, times }: AlertItem): string => {
    const where = relation === null ? '' : `*${plain(relation)}*: `;
    const again = times > 1 ? ` (found by ${times} runs)` : '';
    const then = event === 'recovery' || next === '' ? '' : `\n    next: ${code(next)}`;
    return `• ${where}${plain(cut(what))}${event === 'recovery' ? ' (over)' : again}${then}`;
  };

export const slackText = (message: Message): string => {
  const { event, title, project, environment, warehouse, data, items, held_back: held } = message;
  const more = items.length - shownItems;
  return [
    `${marks[event]} *${plain(title)}*: project ${code(project)}, environment ${code(environment)}, ${plain(warehouse)}`,
    ...items.slice(0, shownItems).map(itemLine(event)),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...(data === '' ? [] : [plain(data)]),
    ...(held > 0
      ? [`${held} earlier ${held === 1 ? 'message was' : 'messages were'} held back: too many in an hour`]
      : []),
  ].join('\n');
};
