// Whether dbt tells us when it is at work: by the hook that takes a shared lease.
import { readManifest } from '../../dbt/read-manifest.ts';
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import type { Finding } from '../../warehouse/health.ts';

export const hookFindings = ({ manifest }: Project): readonly Finding[] => {
  if (manifest === undefined) return [];
  try {
    if (readManifest(manifest).takesLease)
      return [
        {
          check: 'hook',
          severity: 'fine',
          message: 'dbt takes a lease before it builds',
          evidence: manifest,
        },
      ];
  } catch (error) {
    // What is wrong with the manifest is told as a mistake of the dictionary.
    if (isTidemarkError(error)) return [];
    throw error;
  }
  return [
    {
      check: 'hook',
      severity: 'notice',
      message:
        'dbt does not say when it is at work: what it writes in the middle of a batch is noticed and healed, later than it could be',
      evidence: `no \`take_lease\` among the hooks of ${manifest}`,
      fix: 'in dbt_project.yml: on-run-start: "{{ tidemark.take_lease() }}" and on-run-end: "{{ tidemark.give_back_lease() }}"',
    },
  ];
};
