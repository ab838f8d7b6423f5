// Lines that we write into files of other people end in a mark: by it they are found, replaced and taken away again,
// and every other byte of the file stays as it was.
const mark = '# tidemark';

const ours = /\s# tidemark\r?$/;

export const ourLine = (line: string): string => `${line} ${mark}`;

/** The file as its owners wrote it. */
export const withoutOurs = (text: string): string =>
  text.includes(mark)
    ? text
        .split('\n')
        .filter((line) => !ours.test(line))
        .join('\n')
    : text;

export const lineBreakOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');
