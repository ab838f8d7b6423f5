// npm start: from a fresh clone to the whole loop on the sample shop.
import { launch } from './setup/launch.mjs';

await launch('scripts/demo/demo.ts');
