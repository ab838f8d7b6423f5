// What `init` found, for people: a line per table, what was written, and the next command.
import type { InitReport, InitTarget } from '../../batch/init/init-report.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { count } from './text.ts';

const words: Readonly<Record<InitTarget['status'], string>> = {
  mapped: 'mapped',
  waiting: 'not enabled',
  left: 'left alone',
  already: 'mapped before',
};

const formOf = ({ form }: InitTarget): string => {
  switch (form) {
    case 'model':
      return 'its own SQL';
    case 'this':
      return 'columns';
    case 'history':
      return 'history';
    case null:
      return '-';
    default:
      return form satisfies never;
  }
};

const why = ({ status, reason, notices, file }: InitTarget): string => {
  if (status === 'already') return file ?? '';
  const [notice] = notices;
  return reason ?? notice ?? '';
};

const targetsTable = ({ targets }: InitReport, style: Style): string =>
  renderTable(
    {
      columns: [
        { title: 'table' },
        { title: '' },
        { title: 'by' },
        { title: 'columns', align: 'right' },
        { title: 'match', align: 'right' },
        { title: 'why' },
      ],
      rows: targets.map((target) => [
        target.name,
        words[target.status],
        formOf(target),
        target.of === 0 ? '-' : `${target.columns} of ${target.of}`,
        target.match === null ? '-' : `${target.match} %`,
        why(target),
      ]),
    },
    style,
  );

/** The table cuts them to fit. */
const reasons = ({ targets }: InitReport, { width }: Style): readonly string[] =>
  targets.flatMap((target) => {
    const said = why(target);
    return said.length > width / 3 && target.status !== 'already' ? [`${target.name}: ${said}`] : [];
  });

const guessedKeys = ({ sources }: InitReport): readonly string[] =>
  sources.flatMap(({ name, key, guessed }) =>
    guessed ? [`the key of \`${name}\` is guessed from its rows: ${key.join(', ')}`] : [],
  );

const headline = ({ targets, sources, written, files }: InitReport): string => {
  const mapped = targets.filter(({ status }) => status === 'mapped').length;
  const what = `${count(mapped, 'target')} on ${count(sources.length, 'source')}`;
  if (files.length === 0) return 'nothing new to write';
  return written
    ? `wrote ${count(files.length, 'file')}: ${what}`
    : `would write ${count(files.length, 'file')}: ${what}`;
};

const covered = ({ coverage: { columns, traced } }: InitReport): readonly string[] =>
  columns === 0 ? [] : [`${traced} of ${columns} columns are known to be made of which columns`];

const next = ({ written, files, next: commands }: InitReport): string => {
  if (written) return `next: ${commands.join(', then ')}`;
  return files.length === 0 ? '' : 'nothing was written: `tidemark init --yes` writes it';
};

export const renderInit = (report: InitReport, style: Style): string => {
  const paragraphs = [
    headline(report),
    report.targets.length === 0 ? '' : targetsTable(report, style),
    [...reasons(report, style), ...guessedKeys(report), ...covered(report)].join('\n'),
    report.notices.join('\n'),
    style.colors.dim(next(report)),
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
};
