// Answers hold whole numbers and decimals with all their digits, more than a double can: those stay text.

/** A value of an answer's row; a number that a double would bend is its digits. */
export type Cell = string | number | boolean | null;

type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;

/** Reads JSON; numbers that a double does not hold come as text. */
export function parseJson(text: string): unknown {
  const keepDigits: Reviver = (_key, value, context) =>
    typeof value === 'number' && context?.source && digits(context.source) > 15 && String(value) !== context.source
      ? context.source
      : value;
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

const digits = (number: string): number =>
  number.replace(/[eE].*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').length;

export const numberOf = (cell: Cell | undefined): number | null =>
  cell === null || cell === undefined || cell === '' || Number.isNaN(Number(cell)) ? null : Number(cell);

const exact = new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 });
const near = new Intl.NumberFormat(undefined, { maximumFractionDigits: 6 });
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 2 });

const NUMERIC = new Set(['long', 'double', 'decimal']);
export const isNumeric = (type: string | undefined): boolean => type !== undefined && NUMERIC.has(type.replace(/\(.*/, ''));

/** A number with all its digits, grouped. */
export const full = (cell: Cell | undefined): string => formatted(cell, exact);

/** A number to six decimals, grouped: quotients and averages have no end. */
export const rounded = (cell: Cell | undefined): string => formatted(cell, near);

function formatted(cell: Cell | undefined, format: Intl.NumberFormat): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell === 'boolean') return String(cell);
  // By its digits, which a double would bend; TypeScript does not know yet that format takes them.
  return format.format(String(cell) as unknown as number);
}

export function compact(cell: Cell | undefined): string {
  const number = numberOf(cell);
  if (number === null) return '–';
  return Math.abs(number) < 10_000 ? near.format(Math.round(number * 100) / 100) : short.format(number);
}

export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : near.format(value);

/** The order of cells: nulls last, numbers by value, text by locale. */
export function compareCells(left: Cell | undefined, right: Cell | undefined, numeric: boolean): number {
  if (left === right) return 0;
  if (left === null || left === undefined) return 1;
  if (right === null || right === undefined) return -1;
  if (numeric) return Number(left) - Number(right);
  return String(left).localeCompare(String(right));
}
