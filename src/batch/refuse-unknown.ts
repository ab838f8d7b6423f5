// Names of targets that a caller gives: one that is none is refused, with those that there are.
import { TidemarkError } from '../errors/tidemark-error.ts';
import { didYouMean } from '../project/problems.ts';

/** `flag`: where the names come from, where the caller cannot tell. */
export const refuseUnknownTargets = (
  names: readonly string[],
  targets: readonly string[],
  flag?: string,
): void => {
  const unknown = names.find((name) => !targets.includes(name));
  if (unknown === undefined) return;
  const which = flag === undefined ? `\`${unknown}\` is` : `${flag} names \`${unknown}\`, which is`;
  throw new TidemarkError('unknown_target', {
    message: `${which} no target of this project`,
    hint: didYouMean(unknown, targets) ?? `targets are: ${targets.join(', ')}`,
  });
};
