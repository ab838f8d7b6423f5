// Who has the right to write at the moment, and how he is called in messages.

export interface LeaseHolder {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  readonly command: string;
  readonly takenAt: string;
  readonly expiresAt: string;
  readonly expired: boolean;
  /** Not one of us: a run of dbt that took a shared lease by its hook. */
  readonly program?: 'dbt' | undefined;
}

export const holderWords = (holder: LeaseHolder): string =>
  holder.program === 'dbt'
    ? `\`${holder.command}\` (invocation ${holder.owner})`
    : `\`tidemark ${holder.command}\` of ${holder.owner} (process ${holder.pid} on ${holder.host})`;
