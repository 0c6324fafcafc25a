// Times in a zone, by what the browser knows of zones.

export const GRANULARITIES = ['minute', '5minute', '15minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long a bucket lasts, at most. */
export const LONGEST: Record<Granularity, number> = {
  minute: MINUTE,
  '5minute': 5 * MINUTE,
  '15minute': 15 * MINUTE,
  hour: HOUR,
  day: 25 * HOUR,
  week: 7 * DAY + HOUR,
  month: 31 * DAY + HOUR,
  quarter: 92 * DAY + HOUR,
  year: 366 * DAY,
};

export const isGranularity = (text: string): text is Granularity => (GRANULARITIES as readonly string[]).includes(text);

interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', options);
    formats.set(key, made);
  }
  return made;
}

/** A rollup's zone by the name that browsers know. */
export const zoneName = (zone: string): string => (zone === 'Z' ? 'UTC' : zone);

/** A zone's name as servers know it too, for browsers take utc for UTC; undefined where the browser knows none of that name. */
export function zoneOf(text: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en-GB', { timeZone: text }).resolvedOptions();
    return text === text.toLowerCase() ? timeZone : text;
  } catch {
    return undefined;
  }
}

/** What a clock in the zone shows. */
export function wall(at: number, zone: string): Wall {
  const parts: Record<string, number> = {};
  const all = format(`wall ${zone}`, {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  for (const { type, value } of all) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second };
}

function offset(at: number, zone: string): number {
  const { year, month, day, hour, minute, second } = wall(at, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** The instant at which a clock in the zone shows a day's start. */
export function midnight(year: number, month: number, day: number, zone: string): number {
  const local = Date.UTC(year, month - 1, day);
  const first = local - offset(local, zone);
  return local - offset(first, zone);
}

/**
 * Whether buckets that are kept make up those of a granularity in a zone, as far as clocks at some instants tell.
 *
 * @param ats clocks change over the year, and a zone's half hours with them
 */
export function composes(kept: { granularity: Granularity; zone: string }, asked: Granularity, zone: string, ats: number[]): boolean {
  if (GRANULARITIES.indexOf(asked) < GRANULARITIES.indexOf(kept.granularity)) return false;
  if (zone === kept.zone) return true;
  const step = Math.min(LONGEST[kept.granularity], DAY);
  return ats.every((at) => (offset(at, zone) - offset(at, kept.zone)) % step === 0);
}

/** The start of the bucket that holds an instant, as the zone's clocks and calendars have it. */
export function floor(at: number, granularity: Granularity, zone: string): number {
  if (LONGEST[granularity] <= HOUR) {
    const shift = offset(at, zone);
    return Math.floor((at + shift) / LONGEST[granularity]) * LONGEST[granularity] - shift;
  }
  const { year, month, day } = wall(at, zone);
  switch (granularity) {
    case 'year':
      return midnight(year, 1, 1, zone);
    case 'quarter':
      return midnight(year, month - ((month - 1) % 3), 1, zone);
    case 'month':
      return midnight(year, month, 1, zone);
    case 'week':
      return midnight(year, month, day - ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7), zone);
    default:
      return midnight(year, month, day, zone);
  }
}

export const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

const two = (number: number) => String(number).padStart(2, '0');

/** The offset from UTC, where clocks of the zone show the same time twice, an hour that is repeated; otherwise nothing. */
function apart(at: number, zone: string): string {
  const here = offset(at, zone);
  const repeated = [offset(at - DAY, zone), offset(at + DAY, zone)].some(
    (there) => there !== here && offset(at + here - there, zone) === there,
  );
  if (!repeated) return '';
  const minutes = Math.abs(here) / MINUTE;
  return `${here < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A bucket's start as people write it, no finer than its granularity. */
export function label(at: number, granularity: Granularity | undefined, zone: string): string {
  const { year, month, day, hour, minute } = wall(at, zone);
  const date = `${year}-${two(month)}-${two(day)}`;
  switch (granularity) {
    case 'year':
      return String(year);
    case 'quarter':
      return `${year} Q${Math.ceil(month / 3)}`;
    case 'month':
      return `${year}-${two(month)}`;
    case 'week':
    case 'day':
      return date;
    default:
      return `${date} ${two(hour)}:${two(minute)}${apart(at, zone)}`;
  }
}

/** A moment, to the second, in a zone, or in that of the reader; of today without its day. */
export function moment(text: string | null | undefined, timeZone?: string): string {
  if (!text) return '–';
  const date = new Date(text);
  const day = (of: Date) => of.toLocaleDateString('en-GB', { timeZone });
  const today = day(date) === day(new Date());
  return date.toLocaleString(undefined, {
    timeZone,
    ...(today ? {} : { year: 'numeric', month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

/** How long ago, or how long, in the largest unit that says something. */
export function duration(millis: number): string {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** What a field of type datetime-local shows, in a zone; empty for none. */
export function toField(text: string | undefined, zone: string): string {
  if (!text || Number.isNaN(Date.parse(text))) return '';
  const { year, month, day, hour, minute } = wall(Date.parse(text), zone);
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

export function fromField(value: string, zone: string): string | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(value);
  if (!parts) return undefined;
  const local = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]), Number(parts[4]), Number(parts[5]));
  return iso(local - offset(local - offset(local, zone), zone));
}
