// Tells people of a situation by every channel that wants to hear of it. Nothing that goes wrong here fails a run.
import type { Project } from '../../project/project.ts';
import { usualState, type AlertSettings } from '../../project/alert-settings.ts';
import type { Message, Situation } from './alert.ts';
import { changeMemory, type Whose } from './alert-memory.ts';
import { claim, nothingTold, takeBack, type Delivery } from './incidents.ts';
import { send } from './send.ts';

export interface Raising {
  readonly project: Project;
  /** Where the tables are, without secrets. */
  readonly warehouse: string;
  readonly nowMs: number;
  /** Told what went wrong, in a sentence. */
  readonly warn: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

export const memoryOf = ({ name, environment, alerts, directory }: Project): Whose => ({
  path: alerts?.state ?? usualState(directory),
  project: name,
  environment,
});

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** One channel's messages in their order, all channels at once. */
const deliver = async (
  deliveries: readonly Delivery[],
  situation: Situation,
  { project, warehouse, nowMs, warn }: Raising,
): Promise<readonly Delivery[]> => {
  const failed: Delivery[] = [];
  const byChannel = groupByName(deliveries);
  const one = async (own: readonly Delivery[]): Promise<void> => {
    for (const [place, delivery] of own.entries()) {
      const message: Message = {
        schema: 'tidemark/alert/1',
        event: delivery.told.event,
        title: delivery.told.title,
        project: project.name,
        environment: project.environment,
        warehouse,
        at: new Date(nowMs).toISOString(),
        data: situation.data,
        items: delivery.told.items,
        held_back: delivery.told.held_back,
      };
      const why = await send(delivery.channel, message, { directory: project.directory, nowMs });
      if (why === undefined) continue;
      const { name } = delivery.channel;
      warn(`alert channel \`${name}\` was not reached: ${why}`, { channel: name, event: message.event });
      // What follows would wait as long for nothing.
      failed.push(...own.slice(place));
      return;
    }
  };
  await Promise.all([...byChannel.values()].map(one));
  return failed;
};

const groupByName = (deliveries: readonly Delivery[]): ReadonlyMap<string, readonly Delivery[]> => {
  const groups = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const group = groups.get(delivery.channel.name);
    if (group === undefined) groups.set(delivery.channel.name, [delivery]);
    else group.push(delivery);
  }
  return groups;
};

/** What was said is not known where the memory cannot be used: better twice than not at all. */
const withoutMemory = async (
  situation: Situation,
  raising: Raising,
  settings: AlertSettings,
): Promise<void> => {
  const { deliveries } = claim(nothingTold, situation, settings, raising.nowMs);
  await deliver(deliveries, situation, raising);
};

/** `dataAt`: as of when the targets are, where the run knows it. */
export const raise = async (situation: Situation, raising: Raising, dataAt?: string): Promise<void> => {
  const { project, nowMs, warn } = raising;
  const { alerts } = project;
  if (alerts === undefined || alerts.channels.length === 0) return;
  const whose = memoryOf(project);
  let deliveries: readonly Delivery[];
  try {
    deliveries = await changeMemory(whose, (before) => {
      const { memory, deliveries: due } = claim(before, situation, alerts, nowMs);
      return { memory: dataAt === undefined ? memory : { ...memory, dataAt }, result: due };
    });
  } catch (error) {
    warn(
      `alerts are said again by each run: \`${whose.path}\`, which remembers what was said, cannot be written (${reasonOf(error)})`,
      {},
    );
    return withoutMemory(situation, raising, alerts);
  }
  const failed = await deliver(deliveries, situation, raising);
  if (failed.length === 0) return;
  try {
    await changeMemory(whose, (memory) => ({ memory: takeBack(memory, failed), result: undefined }));
  } catch (error) {
    warn(`\`${whose.path}\` cannot be written (${reasonOf(error)})`, {});
  }
};
