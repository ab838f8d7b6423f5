// The wording of what cannot be redacted.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import { problem } from '../project/problems.ts';

export const redactKeyMissing = (at: Position, source: string): Problem =>
  problem(
    'missing_key',
    at,
    `source \`${source}\` redacts columns, and the project file has no \`redact_key\` to hide them with`,
    // eslint-disable-next-line no-template-curly-in-string -- what is to be written
    'write `redact_key: ${TIDEMARK_REDACT_KEY}` there, and a long random text into that variable',
  );

export const sourceNeeds = (at: Position, column: string, use: string, source: string): Problem =>
  problem(
    'not_redactable',
    at,
    `column \`${column}\` of source \`${source}\` cannot be redacted: it is its \`${use}\``,
    'rows and their times are found by it in the ledger; redact other columns, or leave it out with `exclude`',
  );

export const targetKeyReads = (at: Position, target: string, column: string): Problem =>
  problem(
    'not_redactable',
    at,
    `key column \`${column}\` of target \`${target}\` is made of a redacted column`,
    'rows are found by their key in the audit: take another key, or do not redact what it reads',
  );

export const historyReads = (at: Position, target: string): Problem =>
  problem(
    'not_redactable',
    at,
    `\`at\` of the history \`${target}\` reads a redacted column`,
    'the time of a version is part of its key: take another time, or do not redact it',
  );
