import { addsUp, type Answer, cell, type Metric, MOST, type Restatement, type Row } from '../api';
import { type Cell, numberOf, written } from '../numbers';
import { type Granularity, LONGEST } from '../times';

/** One line of a chart, a value for each of its times. */
export interface Series {
  /** Of its group's values: names may be alike. */
  key: string;
  name: string;
  values: (number | null)[];
  /** The same with all the digits that the API sends. */
  cells: Cell[];
  status: (Row['status'] | null)[];
  low: (number | null)[];
  high: (number | null)[];
}

/** What a chart of one metric shows. */
export interface Shape {
  metric: string;
  type: string;
  unit: string;
  /** Starts of buckets in epoch seconds, in order, without gaps that would be drawn as data. */
  times: number[];
  series: Series[];
  /** Groups that the table has and the chart leaves out. */
  hidden: number;
  /** By what those that are shown are the largest. */
  largestBy: string;
  /** How long a bucket lasts, in seconds. */
  bucket: number;
  /** Up to when arrivals are exact, in epoch seconds. */
  cut: number | null;
  /** Restated numbers by the start of their bucket. */
  restated: Map<number, Restatement[]>;
  /** Whether there are more than were asked for. */
  moreRestated: boolean;
}

/** Colours that are told apart. */
export const MOST_SERIES = 8;

const keyOf = (row: Row, dimensions: string[]): string => JSON.stringify(dimensions.map((dimension) => cell(row, dimension)));
const nameOf = (row: Row, dimensions: string[]): string =>
  dimensions.map((dimension) => written(cell(row, dimension))).join(' · ');

interface Group {
  key: string;
  name: string;
  size: number;
}

interface Groups {
  shown: Group[];
  all: number;
  largestBy: string;
}

/**
 * The groups that every chart shows, in the same colours: the largest by the first metric that adds up over time, or, where none
 * does, those in which the first was largest at any time.
 */
function groupsOf(answer: Answer, metrics: Metric[], dimensions: string[]): Groups {
  const summed = metrics.find(addsUp);
  const by = (summed ?? metrics[0])?.name ?? '';
  const groups = new Map<string, Group>();
  for (const row of answer.data) {
    const key = keyOf(row, dimensions);
    const group = groups.get(key) ?? { key, name: nameOf(row, dimensions), size: 0 };
    const size = Math.abs(numberOf(cell(row, by)) ?? 0);
    group.size = summed ? group.size + size : Math.max(group.size, size);
    groups.set(key, group);
  }
  const largest = [...groups.values()].sort((left, right) => right.size - left.size).slice(0, MOST_SERIES);
  return {
    // By name: a group keeps its colour while sizes change.
    shown: largest.sort((left, right) => left.name.localeCompare(right.name)),
    all: groups.size,
    largestBy: summed ? by : `the most that ${by} was at any time`,
  };
}

/** Turns an answer's rows into charts, one a metric. */
export function shapesOf(
  answer: Answer,
  metrics: Metric[],
  dimensions: string[],
  granularity: Granularity,
  restatements: Restatement[],
): Shape[] {
  const groups = groupsOf(answer, metrics, dimensions);
  return metrics.map(({ name }) => shapeOf(answer, name, dimensions, granularity, restatements, groups));
}

function shapeOf(
  answer: Answer,
  metric: string,
  dimensions: string[],
  granularity: Granularity,
  restatements: Restatement[],
  { shown, all, largestBy }: Groups,
): Shape {
  const column = answer.columns.find(({ name }) => name === metric);
  const times = timesOf(answer.data, LONGEST[granularity]);
  const bucket = LONGEST[granularity] / 1000;
  const place = new Map(times.map((time, index) => [time, index]));
  const none = () => times.map(() => null);
  const groups = new Map<string, Series>(
    shown.map(({ key, name }) => [key, { key, name, values: none(), cells: none(), status: none(), low: none(), high: none() }]),
  );
  for (const row of answer.data) {
    const series = groups.get(keyOf(row, dimensions));
    const at = place.get(Date.parse(String(row.time)) / 1000);
    if (series === undefined || at === undefined) continue;
    series.cells[at] = cell(row, metric);
    series.values[at] = numberOf(cell(row, metric));
    series.status[at] = row.status;
    const bounds = row.estimates?.[metric];
    series.low[at] = bounds ? numberOf(bounds.low) : null;
    series.high[at] = bounds ? numberOf(bounds.high) : null;
  }
  // A generation that was rolled back restated nothing that is shown.
  const mine = restatements.filter(
    (each) => each.metric === metric && each.rollup === answer.meta.rollup && each.generation <= answer.meta.generation,
  );
  // What is provisional has not been published yet, or not any more.
  const published = new Set(answer.data.filter(({ status }) => status !== 'provisional').map((row) => Date.parse(String(row.time)) / 1000));
  return {
    metric,
    type: column?.type ?? '',
    unit: column?.unit ?? '',
    times,
    series: [...groups.values()],
    hidden: all - shown.length,
    largestBy,
    bucket,
    cut: answer.meta.exactThrough ? Date.parse(answer.meta.exactThrough) / 1000 : null,
    restated: new Map([...restatedIn(mine, times, bucket)].filter(([time]) => published.has(time))),
    moreRestated: restatements.length >= MOST,
  };
}

/** Buckets without events are left out of answers: a place in between breaks the line there. */
function timesOf(rows: Row[], bucketMillis: number): number[] {
  const present = [...new Set(rows.map((row) => Date.parse(String(row.time))))].sort((left, right) => left - right);
  const times: number[] = [];
  for (const time of present) {
    const before = times[times.length - 1];
    if (before !== undefined && time - before * 1000 > 1.1 * bucketMillis) times.push(before + bucketMillis / 1000);
    times.push(time / 1000);
  }
  return times;
}

/** By the time whose bucket holds theirs: rollups may have finer ones. */
function restatedIn(restatements: Restatement[], times: number[], bucketSeconds: number): Map<number, Restatement[]> {
  const found = new Map<number, Restatement[]>();
  for (const restatement of restatements) {
    const at = Date.parse(restatement.bucket) / 1000;
    const time = times.filter((each) => each <= at && at < each + bucketSeconds).pop();
    if (time !== undefined) found.set(time, [...(found.get(time) ?? []), restatement]);
  }
  return found;
}
