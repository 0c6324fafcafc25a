import type { Model, Rollup } from '../api';
import { keep, kept } from '../kept';
import { written } from '../numbers';
import { composes, floor, GRANULARITIES, type Granularity, isGranularity, iso, LONGEST, zoneName, zoneOf } from '../times';

export interface Filter {
  dimension: string;
  operator: string;
  values: (string | null)[];
}

/** What the reader asks for. The address holds it under the names that GET /query has, so that it can be shared. */
export interface Question {
  metrics: string[];
  dimensions: string[];
  filters: Filter[];
  /** A preset's name, or custom: from and to are given. */
  range: string;
  from?: string | undefined;
  to?: string | undefined;
  granularity: Granularity | 'auto' | 'none';
  zone: string;
  exact: boolean;
  live: boolean;
}

/** A query as the API takes it. */
export interface QueryDocument {
  model: string;
  metrics: string[];
  dimensions?: string[];
  time?: { from?: string; to?: string; granularity?: string; zone?: string };
  filters?: Filter[];
  consistency?: { require: string };
}

const HOUR = 3_600_000;
export const RANGES: { name: string; text: string; millis?: number }[] = [
  { name: '1h', text: 'last hour', millis: HOUR },
  { name: '6h', text: 'last 6 hours', millis: 6 * HOUR },
  { name: '24h', text: 'last 24 hours', millis: 24 * HOUR },
  { name: '7d', text: 'last 7 days', millis: 7 * 24 * HOUR },
  { name: '30d', text: 'last 30 days', millis: 30 * 24 * HOUR },
  { name: '365d', text: 'last year', millis: 365 * 24 * HOUR },
  { name: 'all', text: 'all of history' },
  { name: 'custom', text: 'from … to …' },
];

export const OPERATORS: { value: string; text: string }[] = [
  { value: 'equals', text: 'is one of' },
  { value: 'notEquals', text: 'is none of' },
  { value: 'contains', text: 'contains' },
  { value: 'notContains', text: 'does not contain' },
  { value: 'startsWith', text: 'starts with' },
  { value: 'gt', text: '>' },
  { value: 'gte', text: '≥' },
  { value: 'lt', text: '<' },
  { value: 'lte', text: '≤' },
  { value: 'set', text: 'is not null' },
  { value: 'notSet', text: 'is null' },
];

export const takesValues = (operator: string): boolean => operator !== 'set' && operator !== 'notSet';

const list = (text: string | null): string[] => (text ?? '').split(',').filter((each) => each !== '');

const unescaped = (text: string): string => text.replace(/\\([\\,])/g, '$1');

/** Null in addresses; a text of these letters has two backslashes there. */
const NULL = '\\N';

/** As GET /query has them: split at commas, a backslash makes a comma, or a backslash, a part of the value. */
const splitValues = (text: string): Filter['values'] =>
  [...`,${text}`.matchAll(/,((?:\\[\\,]|[^,])*)/g)].map(([, each = '']) => (each === NULL ? null : unescaped(each)));

const joinValues = (values: Filter['values']): string =>
  values.map((value) => value?.replace(/[\\,]/g, '\\$&') ?? NULL).join(',');

const addressOf = ({ dimension, operator, values }: Filter): string =>
  // Nothing after a second colon is the empty text.
  [dimension, operator, ...(takesValues(operator) && values.length > 0 ? [joinValues(values)] : [])].join(':');

/**
 * Values as a reader writes them, between commas: null is null, and quotes, as JSON has them, keep what would be taken for
 * something else: "" is the empty text, " x" begins with a space.
 */
export function readValues(text: string): Filter['values'] {
  const values: Filter['values'] = [];
  for (const [, quoted, plain = ''] of text.matchAll(/\s*(?:("(?:\\.|[^"\\])*")\s*(?=,|$)|((?:\\[\\,]|[^,])*))(?:,|$)/g)) {
    const value = unquoted(quoted) ?? unescaped(quoted ?? plain).trim();
    if (quoted !== undefined) values.push(value);
    else if (value !== '') values.push(value === 'null' ? null : value);
  }
  return values;
}

function unquoted(text: string | undefined): string | undefined {
  try {
    return text && (JSON.parse(text) as string);
  } catch {
    // Not as JSON has it: the quotes are a part of the text.
    return undefined;
  }
}

export const writeValues = (values: Filter['values']): string =>
  values.map((value) => (value !== null && /[,\\]/.test(value) ? JSON.stringify(value) : written(value))).join(', ');

/** Whether the parameters of GET /query say it all: they have no null among values. */
export const fitsAddress = (query: QueryDocument): boolean => !query.filters?.some(({ values }) => values.includes(null));

const isTime = (text: string | null): text is string => text !== null && !Number.isNaN(Date.parse(text));

export function fromAddress(parameters: URLSearchParams, model: Model): Question {
  const metrics = list(parameters.get('metrics')).filter((name) => model.metrics.some((metric) => metric.name === name));
  const granularity = parameters.get('granularity') ?? 'auto';
  const [from, to] = [parameters.get('from'), parameters.get('to')].map((text) => (isTime(text) ? text : undefined));
  return {
    metrics: metrics.length > 0 ? metrics : model.metrics.slice(0, 1).map((metric) => metric.name),
    dimensions: list(parameters.get('dimensions')).filter((name) => model.dimensions.some((each) => each.name === name)),
    filters: parameters.getAll('filter').map((text) => {
      const [dimension = '', operator = 'equals', ...values] = text.split(':');
      return { dimension, operator, values: values.length > 0 ? splitValues(values.join(':')) : [] };
    }),
    range: RANGES.find(({ name }) => name === parameters.get('range'))?.name ?? (from || to ? 'custom' : 'all'),
    from,
    to,
    granularity: granularity === 'none' || isGranularity(granularity) ? granularity : 'auto',
    zone: zoneOf(parameters.get('zone') ?? '') ?? defaultZone(model),
    exact: parameters.get('require') === 'exact',
    live: parameters.get('live') !== 'off',
  };
}

/** What of an address is not understood, and what is asked instead. Filters are not among it: the API refuses a wrong one. */
export function misread(parameters: URLSearchParams, model: Model, { metrics, range, granularity, zone }: Question): string[] {
  const unknown = (key: string, all: { name: string }[]) =>
    list(parameters.get(key)).filter((text) => !all.some(({ name }) => name === text));
  const given = (key: string, isKnown: (text: string) => boolean) => {
    const text = parameters.get(key);
    return text && !isKnown(text) ? [text] : [];
  };
  const ranged = RANGES.find(({ name }) => name === range)?.text;
  return [
    ...unknown('metrics', model.metrics).map((name) => `no metric ${name}: shown is ${metrics.join(', ')}`),
    ...unknown('dimensions', model.dimensions).map((name) => `no dimension ${name}: it is left out`),
    ...given('range', (text) => RANGES.some(({ name }) => name === text)).map((text) => `no range ${text}: shown is ${ranged}`),
    ...['from', 'to'].flatMap((key) => given(key, isTime).map((text) => `no time ${text}: ${key} is left out`)),
    ...given('granularity', (text) => ['auto', 'none'].includes(text) || isGranularity(text)).map(
      (text) => `no granularity ${text}: it is ${granularity === 'auto' ? 'automatic' : granularity}`,
    ),
    ...given('zone', (text) => zoneOf(text) !== undefined).map((text) => `no zone ${text}: times are in ${zone}`),
    ...given('require', (text) => ['any', 'exact'].includes(text)).map((text) => `no requirement ${text}: it is any`),
  ];
}

/** A zone that the model's own days are in is the likeliest to be meant. */
const defaultZone = (model: Model): string => model.rollups.find((rollup) => zoneName(rollup.zone) !== 'UTC')?.zone ?? 'UTC';

export function toAddress(question: Question, model: Model): URLSearchParams {
  const parameters = new URLSearchParams({ model: model.name, metrics: question.metrics.join(',') });
  if (question.dimensions.length > 0) parameters.set('dimensions', question.dimensions.join(','));
  for (const filter of question.filters) parameters.append('filter', addressOf(filter));
  parameters.set('range', question.range);
  if (question.range === 'custom') {
    if (question.from) parameters.set('from', question.from);
    if (question.to) parameters.set('to', question.to);
  }
  if (question.granularity !== 'auto') parameters.set('granularity', question.granularity);
  parameters.set('zone', question.zone);
  if (question.exact) parameters.set('require', 'exact');
  if (!question.live) parameters.set('live', 'off');
  return parameters;
}

const NAME = 'question to ';

export const keepQuestion = (model: string, parameters: URLSearchParams): void => keep(NAME + model, parameters.toString());

/** What a model was asked last, as the address has it. */
export const lastQuestion = (model: string): URLSearchParams => new URLSearchParams(kept(NAME + model) ?? { model });

interface Kept {
  granularity: Granularity;
  zone: string;
}

/** What the rollups with these dimensions keep, finest first. */
function keptBy(model: Model, question: Question): Kept[] {
  const needed = [...question.dimensions, ...question.filters.map((filter) => filter.dimension)];
  const covering = model.rollups.filter((rollup: Rollup) => needed.every((name) => rollup.dimensions.includes(name)));
  return (covering.length > 0 ? covering : model.rollups)
    .map(({ granularity, zone }) => ({ granularity: granularity as Granularity, zone: zoneName(zone) }))
    .sort((left, right) => GRANULARITIES.indexOf(left.granularity) - GRANULARITIES.indexOf(right.granularity));
}

/** The granularities that some rollup with these dimensions has in some zone, finest first. */
export function possible(model: Model, question: Question): Granularity[] {
  return GRANULARITIES.slice(GRANULARITIES.indexOf(keptBy(model, question)[0]?.granularity ?? 'minute'));
}

/** Those of them that it can give in the zone of the question. */
export function offered(model: Model, question: Question): Granularity[] {
  const all = keptBy(model, question);
  const ats = months(question, Date.now());
  return possible(model, question).filter((each) => all.some((kept) => composes(kept, each, question.zone, ats)));
}

/** Instants all over the range: clocks change twice a year. */
function months(question: Question, now: number): number[] {
  const to = question.range === 'custom' && question.to ? Date.parse(question.to) : now;
  const span = extent(question, now) ?? 365 * 24 * HOUR;
  return Array.from({ length: 13 }, (_, month) => to - (span * month) / 12);
}

const FEW = 200;

/** The finest granularity that draws so many milliseconds with a readable number of points; undefined where the zone has none. */
export function drawing(model: Model, question: Question, millis: number): Granularity | undefined {
  const all = offered(model, question);
  return all.find((each) => millis / LONGEST[each] <= FEW) ?? all[all.length - 1];
}

/** The same for a question's range; for all of history, a coarse one. */
export function fitting(model: Model, question: Question, now: number): Granularity | undefined {
  return drawing(model, question, extent(question, now) ?? 15 * LONGEST.year);
}

/** Whose number of buckets tells how much there is of all history; undefined where the zone has none. */
export function beginningWith(model: Model, question: Question): Granularity | undefined {
  const all = offered(model, question);
  return all.includes('day') ? 'day' : all[all.length - 1];
}

/** How long the range is, in milliseconds; undefined where it has no beginning. */
export function extent(question: Question, now: number): number | undefined {
  if (question.range !== 'custom') return RANGES.find((range) => range.name === question.range)?.millis;
  const from = question.from ? Date.parse(question.from) : undefined;
  return from === undefined ? undefined : (question.to ? Date.parse(question.to) : now) - from;
}

/** Where the row begins that holds an instant; of one row for all, where a kept bucket does. */
function beginning(model: Model, question: Question, granularity: Granularity | undefined, at: number): number {
  if (granularity) return floor(at, granularity, question.zone);
  const [finest] = keptBy(model, question);
  return finest ? floor(at, finest.granularity, finest.zone) : at;
}

/** The query that a question means now. */
export function queryOf(model: Model, question: Question, granularity: Granularity | undefined, now: number): QueryDocument {
  const preset = RANGES.find((range) => range.name === question.range)?.millis;
  const from = preset === undefined ? question.from : iso(beginning(model, question, granularity, now - preset));
  const custom = question.range === 'custom';
  const filters = question.filters.filter(({ operator, values }) => !takesValues(operator) || values.length > 0);
  return {
    model: model.name,
    metrics: question.metrics,
    ...(question.dimensions.length > 0 ? { dimensions: question.dimensions } : {}),
    time: {
      ...((preset !== undefined || custom) && from ? { from } : {}),
      ...(custom && question.to ? { to: question.to } : {}),
      ...(granularity ? { granularity } : {}),
      zone: question.zone,
    },
    ...(filters.length > 0
      ? { filters: filters.map((filter) => (takesValues(filter.operator) ? filter : { ...filter, values: [] })) }
      : {}),
    ...(question.exact ? { consistency: { require: 'exact' } } : {}),
  };
}

/** The same as parameters of GET /query. */
export function parametersOf(query: QueryDocument): URLSearchParams {
  const parameters = new URLSearchParams({ model: query.model, metrics: query.metrics.join(',') });
  if (query.dimensions) parameters.set('dimensions', query.dimensions.join(','));
  for (const [name, value] of Object.entries(query.time ?? {})) if (value) parameters.set(name, value);
  for (const filter of query.filters ?? []) parameters.append('filter', addressOf(filter));
  if (query.consistency) parameters.set('require', query.consistency.require);
  return parameters;
}
