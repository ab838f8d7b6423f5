// Hides passwords that stand in the text of a project file, so that no message ever shows them. The text keeps
// its length: a caret under the hidden line still points at the right character.

const secretKey =
  /((?:password|passphrase|private_key|secret|token)["']?[ \t]*:[ \t]*)("[^"\n]*"|'[^'\n]*'|[^\n]*)/gi;
const urlPassword = /(:\/\/[^\s:@/]*:)([^\s@]+)(?=@)/g;
const onlyVariable = /^["']?\$\{[A-Za-z_]\w*\}["']?$/;

const stars = (text: string): string => '*'.repeat(text.length);

export const maskSecrets = (text: string): string =>
  text
    .replace(
      secretKey,
      (_all, key: string, rest: string, offset: number) => key + maskValue(rest, isFlow(text, offset)),
    )
    .replace(urlPassword, (_all, start: string, secret: string) =>
      onlyVariable.test(secret) ? start + secret : start + stars(secret),
    );

const isFlow = (text: string, offset: number): boolean =>
  text.slice(text.lastIndexOf('\n', offset) + 1, offset).includes('{');

/** Inside `{ }` an unquoted value ends at a comma, and variables bring braces of their own. */
const maskValue = (rest: string, flow: boolean): string => {
  const value = flow ? (/^(?:"[^"]*"|'[^']*'|(?:\$\{[^}]*\}|[^,}])*)/.exec(rest)?.[0] ?? rest) : rest;
  const kept = onlyVariable.test(value.trim()) ? value : stars(value);
  return kept + rest.slice(value.length);
};
