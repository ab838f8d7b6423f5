// npm run bench: the benchmarks, with their own set-up.
import { launch } from './setup/launch.mjs';

await launch('scripts/bench/bench.ts');
