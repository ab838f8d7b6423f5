// tidemark alerts
import { readMemory } from '../../observe/alerts/alert-memory.ts';
import type { Message } from '../../observe/alerts/alert.ts';
import { memoryOf } from '../../observe/alerts/raise.ts';
import { send } from '../../observe/alerts/send.ts';
import type { AlertChannel } from '../../project/alert-settings.ts';
import type { Project } from '../../project/project.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { isOn, namesOf } from '../read-options.ts';
import { placeOf, projectLine } from '../render/project-line.ts';
import { plainStyle, type Style } from '../render/style.ts';
import { renderTable } from '../render/table.ts';
import { instantUtc, wrap } from '../render/text.ts';
import { usage } from '../usage.ts';

interface ChannelReport {
  readonly name: string;
  readonly kind: AlertChannel['place']['kind'];
  readonly events: readonly string[];
  /** Of a test: whether it arrived; null where none was made. */
  readonly reached: boolean | null;
  readonly error?: string;
}

interface OpenAlert {
  readonly event: string;
  readonly code: string;
  readonly relation: string | null;
  readonly what: string;
  readonly next: string;
  readonly since: string;
  readonly times: number;
}

interface AlertsReport {
  readonly schema: 'tidemark/alerts/1';
  readonly project: string;
  readonly environment: string;
  readonly channels: readonly ChannelReport[];
  readonly open: readonly OpenAlert[];
}

const chosen = (project: Project, names: readonly string[]): readonly AlertChannel[] => {
  const channels = project.alerts?.channels ?? [];
  const unknown = names.find((name) => channels.every((channel) => channel.name !== name));
  if (unknown !== undefined)
    throw usage(
      `there is no alert channel \`${unknown}\``,
      channels.length === 0
        ? 'the project file has no `alerts:`'
        : `there are: ${channels.map(({ name }) => `\`${name}\``).join(', ')}`,
    );
  return names.length === 0 ? channels : channels.filter(({ name }) => names.includes(name));
};

const tried = async (project: Project, channel: AlertChannel): Promise<ChannelReport> => {
  const nowMs = Date.now();
  const message: Message = {
    schema: 'tidemark/alert/1',
    event: 'test',
    title: 'a test: this channel works',
    project: project.name,
    environment: project.environment,
    warehouse: await placeOf(project),
    at: new Date(nowMs).toISOString(),
    data: 'nothing was read and nothing was written',
    items: [],
    held_back: 0,
  };
  const error = await send(channel, message, { directory: project.directory, nowMs });
  return { ...listed(channel), reached: error === undefined, ...(error === undefined ? {} : { error }) };
};

const listed = ({ name, place, events }: AlertChannel): ChannelReport => ({
  name,
  kind: place.kind,
  events,
  reached: null,
});

const openAlerts = (project: Project): readonly OpenAlert[] =>
  Object.values(readMemory(memoryOf(project)).incidents)
    .filter(({ alert }) => alert.lasts)
    .map(({ alert: { event, code, relation = null, what, next }, firstMs, times }) => ({
      event,
      code,
      relation,
      what,
      next,
      since: new Date(firstMs).toISOString(),
      times,
    }));

const outcomeOf = ({ reached, error }: ChannelReport): string =>
  reached === null ? '' : reached ? 'reached' : `not reached: ${error ?? ''}`;

const channelTable = (channels: readonly ChannelReport[], style: Style): string => {
  const tests = channels.some(({ reached }) => reached !== null);
  return renderTable(
    {
      columns: [{ title: 'channel' }, { title: 'kind' }, { title: tests ? 'test' : 'events' }],
      rows: channels.map((each) => [each.name, each.kind, tests ? outcomeOf(each) : each.events.join(', ')]),
    },
    style,
  );
};

const openText = ({ open }: AlertsReport, style: Style): string =>
  open.length === 0
    ? 'nothing is open'
    : open
        .map(({ event, relation, what, next, since }) => {
          const first = `${event}${relation === null ? '' : ` ${relation}`}, since ${instantUtc(since)}: ${what}`;
          return `${wrap(first, style.width).join('\n')}\n→ ${next}`;
        })
        .join('\n');

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options } = invocation;
  const project = await invocation.project();
  const channels = chosen(project, namesOf(options, 'channel'));
  const isTest = isOn(options, 'test');
  if (isTest && channels.length === 0)
    throw usage(
      'there is no alert channel to test',
      '`alerts: { channels: … }` in the project file names them',
    );
  const report: AlertsReport = {
    schema: 'tidemark/alerts/1',
    project: project.name,
    environment: project.environment,
    channels: isTest ? await Promise.all(channels.map((each) => tried(project, each))) : channels.map(listed),
    open: openAlerts(project),
  };
  const line = await projectLine(project);
  const failed = report.channels.filter(({ reached }) => reached === false);
  const none = 'no channels: `alerts:` in the project file names them (docs/alerting.md)';
  return {
    exit: failed.length > 0 ? 1 : 0,
    json: report,
    text: (style) =>
      [
        line(style),
        channels.length === 0 ? none : channelTable(report.channels, style),
        openText(report, style),
      ].join('\n\n'),
    inShort: failed.length === 0 ? undefined : channelTable(failed, plainStyle),
  };
};

export const alerts: Command = { endsOnSignal: false, execute };
