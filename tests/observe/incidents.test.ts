// Who is told what, and how often: each trouble once, its end once, not too much in an hour.
import { expect, it } from 'vitest';
import type { Alert, Situation } from '../../src/observe/alerts/alert.ts';
import { claim, nothingTold, takeBack, type Memory } from '../../src/observe/alerts/incidents.ts';
import { alertEvents, type AlertChannel, type AlertSettings } from '../../src/project/alert-settings.ts';

const hour = 3_600_000;

const channel = (name: string, more: Partial<AlertChannel> = {}): AlertChannel => ({
  name,
  place: { kind: 'slack', url: 'https://hooks.example/x' },
  events: alertEvents,
  timeoutMs: 1000,
  ...more,
});

const settings = (more: Partial<AlertSettings> = {}): AlertSettings => ({
  channels: [channel('team')],
  repeatMs: 4 * hour,
  perHour: 10,
  state: '/nowhere',
  ...more,
});

const alert = (name: string, more: Partial<Alert> = {}): Alert => ({
  event: 'partial',
  key: `partial:${name}`,
  code: 'target_failed',
  relation: name,
  what: 'cannot be computed',
  next: 'tidemark status',
  lasts: true,
  ...more,
});

const found = (...alerts: readonly Alert[]): Situation => ({
  alerts,
  judged: ['partial:', 'guard:', 'failure:'],
  data: '',
});

/** What was said, as `channel event relations`. */
class Telling {
  memory: Memory = nothingTold;
  readonly settings: AlertSettings;
  constructor(of: AlertSettings) {
    this.settings = of;
  }
  run(hours: number, situation: Situation, failing: readonly string[] = []): readonly string[] {
    // What a file keeps is what the next process knows.
    const before = JSON.parse(JSON.stringify(this.memory)) as Memory;
    const { memory, deliveries } = claim(before, situation, this.settings, hours * hour);
    const failed = deliveries.filter((each) => failing.includes(each.channel.name));
    this.memory = takeBack(memory, failed);
    return deliveries.map(
      ({ channel: { name }, told }) =>
        `${name} ${told.event} ${told.items.map(({ relation }) => relation).join('+')}${told.held_back > 0 ? ` after ${told.held_back}` : ''}`,
    );
  }
}

it('says a trouble once, again after a while, and its end once', () => {
  const telling = new Telling(settings());
  expect(telling.run(0, found(alert('a')))).toEqual(['team partial a']);
  expect(telling.run(1, found(alert('a')))).toEqual([]);
  expect(telling.run(2, found(alert('a'), alert('b')))).toEqual(['team partial b']);
  expect(telling.run(4, found(alert('a'), alert('b')))).toEqual(['team partial a']);
  expect(telling.run(5, found(alert('b')))).toEqual(['team recovery a']);
  expect(telling.run(6, found())).toEqual(['team recovery b']);
  expect(telling.run(7, found())).toEqual([]);
});

it('counts how many runs found it, and since when', () => {
  const telling = new Telling(settings());
  for (const hours of [0, 1, 2]) telling.run(hours, found(alert('a')));
  expect(Object.values(telling.memory.incidents)).toMatchObject([{ times: 3, firstMs: 0 }]);
});

it('puts what has one reason for telling into one message', () => {
  const telling = new Telling(settings());
  const guard = alert('c', { event: 'guard', key: 'guard:c' });
  expect(telling.run(0, found(alert('a'), guard, alert('b')))).toEqual(['team partial a+b', 'team guard c']);
});

it('says what happens once no second time, and not that it is over', () => {
  const telling = new Telling(settings());
  const once = alert('a', { event: 'drift', key: 'drift:notice:a', lasts: false });
  expect(telling.run(0, found(once))).toEqual(['team drift a']);
  expect(telling.run(1, found())).toEqual([]);
  expect(telling.run(2, found(once))).toEqual([]);
});

it('judges nothing over that a run did not look at', () => {
  const telling = new Telling(settings());
  telling.run(0, found(alert('a')));
  const failure = alert('x', { event: 'failure', key: 'failure:connection_lost' });
  expect(telling.run(1, { alerts: [failure], judged: [], data: '' })).toEqual(['team failure x']);
  expect(telling.run(2, found())).toEqual(['team recovery a+x']);
});

it('tells a channel only what it wants to hear, and no end of what it never heard', () => {
  const pager = channel('pager', { events: ['failure', 'recovery'] });
  const quiet = channel('quiet', { events: ['partial'] });
  const telling = new Telling(settings({ channels: [pager, quiet] }));
  expect(telling.run(0, found(alert('a')))).toEqual(['quiet partial a']);
  expect(telling.run(1, found())).toEqual([]);
});

it('says again what did not arrive, to that channel alone', () => {
  const telling = new Telling(settings({ channels: [channel('good'), channel('bad')] }));
  expect(telling.run(0, found(alert('a')), ['bad'])).toEqual(['good partial a', 'bad partial a']);
  expect(telling.run(0.1, found(alert('a')))).toEqual(['bad partial a']);
  expect(telling.run(0.2, found(), ['bad'])).toEqual(['good recovery a', 'bad recovery a']);
  expect(telling.run(0.3, found())).toEqual(['bad recovery a']);
  expect(telling.run(0.4, found())).toEqual([]);
});

it('holds back what is too much for an hour, and says how much it was', () => {
  const telling = new Telling(settings({ perHour: 2 }));
  expect(telling.run(0, found(alert('a')))).toHaveLength(1);
  expect(telling.run(0.1, found(alert('a'), alert('b')))).toHaveLength(1);
  expect(telling.run(0.2, found(alert('a'), alert('b'), alert('c')))).toEqual([]);
  expect(telling.run(0.3, found(alert('a'), alert('b'), alert('c')))).toEqual([]);
  // The first of them is an hour old.
  expect(telling.run(1.05, found(alert('a'), alert('b'), alert('c')))).toEqual(['team partial c after 2']);
});

it('does not stay silent because the clock was set back', () => {
  const telling = new Telling(settings({ perHour: 1 }));
  telling.run(100, found(alert('a')));
  expect(telling.run(50, found(alert('a'), alert('b')))).toEqual(['team partial b']);
});

it('forgets after a week what happens once', () => {
  const telling = new Telling(settings());
  const once = alert('a', { event: 'drift', key: 'drift:notice:a', lasts: false });
  telling.run(0, found(once));
  telling.run(200, found());
  expect(telling.memory.incidents).toEqual({});
});
