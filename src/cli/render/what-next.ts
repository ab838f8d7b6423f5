// What becomes of a relation that is left out, in a few words for people.
interface LeftOut {
  readonly name: string;
  readonly code?: string | undefined;
  readonly retryable?: boolean | undefined;
}

export const whatNext = ({ name, code, retryable }: LeftOut): string => {
  switch (code) {
    case 'upstream_behind':
      return 'comes along when what it reads does';
    case 'paused':
      return `\`tidemark resume ${name}\``;
    case 'set_back':
      return 'stays as it is until it is released';
    default:
      return retryable === true ? 'the next run tries again' : 'needs a person';
  }
};
