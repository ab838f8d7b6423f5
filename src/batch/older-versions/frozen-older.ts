// Older versions of a history, read and judged: what a batch that takes them in goes by, instead of staging.
import type { Problem } from '../../errors/tidemark-error.ts';
import type { OlderVersions } from '../../reconcile/history/older-versions.ts';

export interface FrozenOlder {
  readonly target: string;
  readonly versions: OlderVersions;
  readonly warnings: readonly Problem[];
}
