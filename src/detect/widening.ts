// Whether every value of one type is a value of another, so that a column can follow without a question.

const integers = ['tinyint', 'smallint', 'integer', 'bigint', 'hugeint'];
const seconds = ['timestamp_s', 'timestamp_ms', 'timestamp'];

/** Fractions of a second that a time keeps when its type does not say. */
const finest = 6;

const numbersIn = (type: string): readonly number[] =>
  (/\(([\d\s,]+)\)/.exec(type)?.[1] ?? '')
    .split(',')
    .flatMap((text) => (text.trim() === '' ? [] : [Number(text)]));

const isLater = (order: readonly string[], from: string, to: string): boolean =>
  order.includes(from) && order.indexOf(from) < order.indexOf(to);

const longer = (from: string, to: string): boolean => {
  const [was] = numbersIn(from);
  const [is] = numbersIn(to);
  return is === undefined || (was !== undefined && is >= was);
};

/** More digits on both sides of the point. */
const moreDigits = (from: string, to: string): boolean => {
  const [precision, scale = 0] = numbersIn(to);
  if (precision === undefined) return true;
  const [oldPrecision, oldScale = 0] = numbersIn(from);
  return oldPrecision !== undefined && scale >= oldScale && precision - scale >= oldPrecision - oldScale;
};

const finer = (from: string, to: string): boolean =>
  (numbersIn(to)[0] ?? finest) >= (numbersIn(from)[0] ?? finest);

export const widens = (baseType: (type: string) => string, from: string, to: string): boolean => {
  const [was, is] = [baseType(from), baseType(to)];
  if (isLater(integers, was, is) || isLater(seconds, was, is)) return true;
  if (was === 'varchar' && is === 'text') return true;
  if (was !== is) return false;
  if (was === 'varchar') return longer(from, to);
  if (was === 'numeric' || was === 'decimal' || was === 'number') return moreDigits(from, to);
  return /^(timestamp|time)( |$)/.test(was) && finer(from, to);
};
