// Hides secrets that stand in the text of a project file, so that no message ever shows them. The text keeps its
// length: a caret under the hidden line still points at the right character.
import { editDistance } from './nearest.ts';

const anyKey = /([\w-]+)["']?[ \t]*:[ \t]*/g;
const secretWord =
  /(?:password|passcode|passphrase|private_key|secret|token|redact_key|slack|webhook|authorization|api[-_]?key|^pass|^pwd)$/i;
/** A key that is none because it is misspelt stands in the very message that says so. */
const misspelt = ['password', 'passphrase', 'private_key', 'secret', 'token', 'api_key', 'redact_key'];
const urlPassword = /(:\/\/[^\s:@/]*:)([^\s@]+)(?=@)/g;
/** Addresses of channels are keys to them: whoever knows the path may write there. */
const urlPath = /(\bhttps?:\/\/[^\s/"']+\/)((?:\$\{[^}]*\}|[^\s"',}])+)/g;
const onlyVariable = /^["']?\$\{[A-Za-z_]\w*\}["']?$/;

const stars = (text: string): string => '*'.repeat(text.length);

const maskValue = (value: string): string => (onlyVariable.test(value.trim()) ? value : stars(value));

const isSecret = (key: string): boolean =>
  secretWord.test(key) || misspelt.some((word) => editDistance(key.toLowerCase(), word) <= 2);

/** Inside `{ }` an unquoted value ends at a comma, and variables bring braces of their own. */
const valueAt = (text: string, start: number): string => {
  const rest = text.slice(start).split('\n', 1)[0] ?? '';
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const value = before.includes('{')
    ? /^(?:"[^"]*"|'[^']*'|(?:\$\{[^}]*\}|[^,}])*)/.exec(rest)?.[0]
    : /^(?:"[^"]*"|'[^']*'|.*)/.exec(rest)?.[0];
  return value ?? rest;
};

/** One value after another: several may stand in a line. */
const maskKeys = (text: string): string => {
  let masked = '';
  let done = 0;
  for (const match of text.matchAll(anyKey)) {
    const start = match.index + match[0].length;
    if (start < done || !isSecret(match[1] ?? '')) continue;
    const value = valueAt(text, start);
    masked += text.slice(done, start) + maskValue(value);
    done = start + value.length;
  }
  return masked + text.slice(done);
};

const headerLine = /^(\s*(?:"[^"]*"|'[^']*'|[^:]*):[ \t]+)(.*)$/;

/** Whatever a header is called, it may be a key to something. */
const maskHeaders = (text: string): string => {
  let within: number | undefined;
  return text
    .split('\n')
    .map((line) => {
      const indent = line.length - line.trimStart().length;
      if (within !== undefined && line.trim() !== '' && indent <= within) within = undefined;
      if (within !== undefined)
        return line.replace(headerLine, (_all, key: string, value: string) => key + maskValue(value));
      if (/^\s*headers\s*:\s*$/.test(line)) within = indent;
      return line.replace(
        /(\bheaders["']?[ \t]*:[ \t]*\{)((?:\$\{[^}]*\}|[^}])*)/i,
        (_all, key: string, values: string) => key + stars(values),
      );
    })
    .join('\n');
};

const maskAfter = (_all: string, start: string, secret: string): string =>
  onlyVariable.test(secret) ? start + secret : start + stars(secret);

export const maskSecrets = (text: string): string =>
  maskHeaders(maskKeys(text)).replace(urlPassword, maskAfter).replace(urlPath, maskAfter);
