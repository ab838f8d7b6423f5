// Reads the manifest that its argument names and tells what that cost, for a suite that must not pay for its own memory.
import { existsSync, readFileSync } from 'node:fs';
import { readManifest } from '../../src/dbt/read-manifest.ts';

/** What `resourceUsage` says of a child may be its parent's. */
const peak = () => {
  const status = '/proc/self/status';
  const found = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return found === undefined ? process.memoryUsage().rss / 2 ** 20 : Number(found) / 1024;
};

const before = process.cpuUsage();
const { nodes } = readManifest(process.argv[2] ?? '');
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  JSON.stringify({
    nodes: nodes.length,
    compiled: nodes.filter(({ compiled }) => compiled !== undefined).length,
    seconds: (user + system) / 1e6,
    megabytes: peak(),
  }),
);
