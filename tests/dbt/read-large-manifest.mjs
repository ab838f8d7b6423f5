// Reads the manifest that its argument names and tells what that cost, for a suite that must not pay for its own memory.
import { readManifest } from '../../src/dbt/read-manifest.ts';

const before = process.cpuUsage();
const { nodes } = readManifest(process.argv[2] ?? '');
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  JSON.stringify({
    nodes: nodes.length,
    compiled: nodes.filter(({ compiled }) => compiled !== undefined).length,
    seconds: (user + system) / 1e6,
    megabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
