// What was said to whom: each trouble once, again after a while if it lasts, its end once, and never more than so
// many messages an hour. Pure: the file that remembers it is read and written elsewhere.
import type { AlertChannel, AlertSettings } from '../../project/alert-settings.ts';
import type { Alert, AlertItem, Message, Situation } from './alert.ts';

interface Incident {
  readonly alert: Alert;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly times: number;
  /** When each channel was told. */
  readonly told: Readonly<Record<string, number>>;
}

interface ChannelMemory {
  /** The last hour's messages. */
  readonly sent: readonly number[];
  readonly heldBack: number;
}

export interface Memory {
  readonly incidents: Readonly<Record<string, Incident>>;
  readonly channels: Readonly<Record<string, ChannelMemory>>;
  /** The moment whose staging the targets showed when a run last went well. */
  readonly dataAt?: string | undefined;
}

export const nothingTold: Memory = { incidents: {}, channels: {} };

type Told = Pick<Message, 'event' | 'title' | 'items' | 'held_back'>;

export interface Delivery {
  readonly channel: AlertChannel;
  readonly told: Told;
  /** Which incidents it tells of. */
  readonly keys: readonly string[];
  /** Those whose end it tells: they are forgotten only when it arrives. */
  readonly ended?: Readonly<Record<string, Incident>> | undefined;
}

const hourMs = 60 * 60_000;

/** So long is it remembered that something which happens once was said. */
const forgetMs = 7 * 24 * hourMs;

const withFound = (memory: Memory, alerts: readonly Alert[], nowMs: number): Map<string, Incident> => {
  const incidents = new Map(
    Object.entries(memory.incidents).filter(
      ([, { alert, lastMs }]) => alert.lasts || nowMs - lastMs < forgetMs,
    ),
  );
  for (const alert of alerts) {
    const known = incidents.get(alert.key);
    incidents.set(alert.key, {
      alert,
      firstMs: known?.firstMs ?? nowMs,
      lastMs: nowMs,
      times: (known?.times ?? 0) + 1,
      told: known?.told ?? {},
    });
  }
  return incidents;
};

const itemOf = ({ alert, firstMs, times }: Incident): AlertItem => ({
  code: alert.code,
  relation: alert.relation ?? null,
  what: alert.what,
  next: alert.next,
  since: new Date(firstMs).toISOString(),
  times,
});

const titles: Readonly<Record<Alert['event'], readonly [one: string, many: string]>> = {
  failure: ['a run failed', 'runs failed'],
  partial: ['a table is left out', 'tables are left out'],
  guard: ['a guard refused a change', 'guards refused changes'],
  lag: ['a target is later than it may be', 'targets are later than they may be'],
  drift: ['tables are not as they were', 'tables are not as they were'],
  rejected: ['events of a log were set aside', 'events of logs were set aside'],
};

const isDue = (incident: Incident, { name }: AlertChannel, repeatMs: number, nowMs: number): boolean => {
  const told = incident.told[name];
  if (told === undefined) return true;
  return incident.alert.lasts && nowMs - told >= repeatMs;
};

const grouped = (keys: readonly string[], incidents: ReadonlyMap<string, Incident>) => {
  const groups = new Map<Alert['event'], string[]>();
  for (const key of keys) {
    const event = incidents.get(key)?.alert.event;
    if (event === undefined) continue;
    const group = groups.get(event);
    if (group === undefined) groups.set(event, [key]);
    else group.push(key);
  }
  return groups;
};

interface Claim {
  readonly memory: Memory;
  readonly deliveries: readonly Delivery[];
}

interface Case {
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly found: ReadonlySet<string>;
  readonly over: readonly string[];
  readonly settings: AlertSettings;
  readonly nowMs: number;
}

const wantedBy = (
  channel: AlertChannel,
  { incidents, found, over, settings, nowMs }: Case,
): readonly Delivery[] => {
  const due = [...incidents]
    .filter(
      ([key, each]) =>
        found.has(key) &&
        channel.events.includes(each.alert.event) &&
        isDue(each, channel, settings.repeatMs, nowMs),
    )
    .map(([key]) => key);
  const items = (keys: readonly string[]): readonly AlertItem[] =>
    keys.flatMap((key) => {
      const incident = incidents.get(key);
      return incident === undefined ? [] : [itemOf(incident)];
    });
  const messages = [...grouped(due, incidents)].map(([event, keys]): Delivery => {
    const [one, many] = titles[event];
    const title = keys.length === 1 ? one : `${keys.length} ${many}`;
    return {
      channel,
      keys,
      told: { event, title: event === 'drift' ? one : title, items: items(keys), held_back: 0 },
    };
  });
  // Who was not told of the trouble need not hear of its end.
  const ended = over.filter((key) => incidents.get(key)?.told[channel.name] !== undefined);
  if (ended.length === 0 || !channel.events.includes('recovery')) return messages;
  const told: Told = {
    event: 'recovery',
    title: 'all is well again with what was reported',
    items: items(ended),
    held_back: 0,
  };
  const forgotten = ended.flatMap((key) => {
    const incident = incidents.get(key);
    return incident === undefined ? [] : [[key, { ...incident, told: { [channel.name]: nowMs } }] as const];
  });
  return [...messages, { channel, keys: ended, told, ended: Object.fromEntries(forgotten) }];
};

/** What is to be said now, taken for said: a process beside us says it no second time. */
export const claim = (
  memory: Memory,
  situation: Situation,
  settings: AlertSettings,
  nowMs: number,
): Claim => {
  const incidents = withFound(memory, situation.alerts, nowMs);
  const found = new Set(situation.alerts.map(({ key }) => key));
  const over = [...incidents]
    .filter(
      ([key, { alert }]) =>
        alert.lasts && !found.has(key) && situation.judged.some((start) => alert.key.startsWith(start)),
    )
    .map(([key]) => key);
  const channels: Record<string, ChannelMemory> = {};
  const deliveries: Delivery[] = [];
  for (const channel of settings.channels) {
    const { name } = channel;
    const known = Object.hasOwn(memory.channels, name) ? memory.channels[name] : undefined;
    const sent = (known?.sent ?? []).filter((ms) => nowMs - ms < hourMs && ms <= nowMs);
    const wanted = wantedBy(channel, { incidents, found, over, settings, nowMs });
    const passed = wanted.slice(0, Math.max(0, settings.perHour - sent.length));
    const heldBack = (known?.heldBack ?? 0) + wanted.length - passed.length;
    const [first, ...others] = passed;
    if (first !== undefined)
      deliveries.push({ ...first, told: { ...first.told, held_back: known?.heldBack ?? 0 } }, ...others);
    channels[name] = {
      sent: [...sent, ...passed.map(() => nowMs)],
      heldBack: first === undefined ? heldBack : wanted.length - passed.length,
    };
    for (const key of passed.flatMap(({ keys }) => keys)) {
      const incident = incidents.get(key);
      if (incident !== undefined)
        incidents.set(key, { ...incident, told: { ...incident.told, [name]: nowMs } });
    }
  }
  for (const key of over) incidents.delete(key);
  return { memory: { ...memory, incidents: Object.fromEntries(incidents), channels }, deliveries };
};

/** What did not arrive was not said: the next run says it. */
export const takeBack = (memory: Memory, failed: readonly Delivery[]): Memory => {
  const incidents = new Map(Object.entries(memory.incidents));
  for (const { channel, keys, ended } of failed) {
    for (const [key, incident] of Object.entries(ended ?? {})) {
      const told = incidents.get(key)?.told ?? {};
      incidents.set(key, { ...incident, told: { ...told, ...incident.told } });
    }
    if (ended !== undefined) continue;
    for (const key of keys) {
      const incident = incidents.get(key);
      if (incident === undefined) continue;
      const { [channel.name]: _, ...told } = incident.told;
      incidents.set(key, { ...incident, told });
    }
  }
  return { ...memory, incidents: Object.fromEntries(incidents) };
};
