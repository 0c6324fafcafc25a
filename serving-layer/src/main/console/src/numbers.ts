// Answers hold whole numbers and decimals with all their digits, more than a double can: those stay text.

/** A value of an answer's row; a number that a double would bend is its digits. */
export type Cell = string | number | boolean | null;

/** That browsers format. */
const MOST_PLACES = 20;

type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;

/** Reads JSON; numbers that a double does not hold come as text. */
export const parseJson = (text: string): unknown => parse(text, isBent);

/** Reads JSON with answers' cells; decimals that end in zeros come as text too, with all the places that were sent. */
export const parseCells = (text: string): unknown => parse(text, (source, value) => isBent(source, value) || /^-?\d+\.\d*0$/.test(source));

function parse(text: string, staysText: (source: string, value: number) => boolean): unknown {
  const keep: Reviver = (_key, value, context) =>
    typeof value === 'number' && context?.source && staysText(context.source, value) ? context.source : value;
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}

const isBent = (source: string, value: number): boolean => digits(source) > 15 && String(value) !== source;

const digits = (number: string): number =>
  number.replace(/[eE].*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').length;

export const numberOf = (cell: Cell | undefined): number | null =>
  cell === null || cell === undefined || cell === '' || Number.isNaN(Number(cell)) ? null : Number(cell);

/** By how many places are shown at least. */
const exact = Array.from(
  { length: MOST_PLACES + 1 },
  (_, minimumFractionDigits) => new Intl.NumberFormat(undefined, { minimumFractionDigits, maximumFractionDigits: MOST_PLACES }),
);
const near = new Intl.NumberFormat(undefined, { maximumFractionDigits: 6 });
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 2 });

const NUMERIC = new Set(['long', 'double', 'decimal']);
export const isNumeric = (type: string | undefined): boolean => type !== undefined && NUMERIC.has(type.replace(/\(.*/, ''));

/** How many decimal places a text has. */
const places = (cell: Cell | undefined): number =>
  typeof cell === 'string' ? Math.min(MOST_PLACES, /\.(\d+)$/.exec(cell)?.[1]?.length ?? 0) : 0;

/** A number with all its digits and places, grouped. */
export const full = (cell: Cell | undefined): string => formatted(cell, exact[places(cell)] as Intl.NumberFormat);

/** A number to six decimals, grouped: quotients and averages have no end. */
export const rounded = (cell: Cell | undefined): string => formatted(cell, near);

function formatted(cell: Cell | undefined, format: Intl.NumberFormat): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell === 'boolean') return String(cell);
  // By its digits, which a double would bend; TypeScript does not know yet that format takes them.
  return format.format(String(cell) as unknown as number);
}

/** A cell as its type has it: doubles are rounded. */
export const figure = (cell: Cell | undefined, type: string | undefined): string => (type === 'double' ? rounded : full)(cell);

export function compact(cell: Cell | undefined): string {
  const number = numberOf(cell);
  if (number === null) return '–';
  if (Math.abs(number) >= 10_000) return short.format(number);
  return formatted(Math.round(number * 100) / 100, exact[Math.min(2, places(cell))] as Intl.NumberFormat);
}

export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : near.format(value);

/**
 * A dimension's value as it is read and written: null is a word, and a text that would be taken for something else, or for
 * nothing, is in quotes, as JSON has them.
 */
export function written(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return 'null';
  const text = String(cell);
  return text === '' || text === 'null' || text !== text.trim() || /^"|[\n\r\t]/.test(text) ? JSON.stringify(text) : text;
}

/** The order of cells: numbers by value, text by locale, nulls last either way, as the API orders. */
export function compareCells(left: Cell | undefined, right: Cell | undefined, numeric: boolean, descending: boolean): number {
  if (left === right) return 0;
  if (left === null || left === undefined) return 1;
  if (right === null || right === undefined) return -1;
  const order = numeric ? Number(left) - Number(right) : String(left).localeCompare(String(right));
  return descending ? -order : order;
}
