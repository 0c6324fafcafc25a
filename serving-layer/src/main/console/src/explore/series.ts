import { type Answer, cell, type Restatement, type Row } from '../api';
import { type Cell, numberOf } from '../numbers';
import { type Granularity, LONGEST } from '../times';

/** One line of a chart, a value for each of its times. */
export interface Series {
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
  /** How long a bucket lasts, in seconds. */
  bucket: number;
  /** Up to when arrivals are exact, in epoch seconds. */
  cut: number | null;
  /** Restated numbers by the start of their bucket. */
  restated: Map<number, Restatement[]>;
}

/** Colours that are told apart. */
export const MOST_SERIES = 8;

export function nameOf(row: Row, dimensions: string[]): string {
  return dimensions.map((dimension) => String(cell(row, dimension) ?? '∅')).join(' · ');
}

/** Turns an answer's rows into charts, one a metric. All show the same groups in the same colours: the largest by the first. */
export function shapesOf(
  answer: Answer,
  metrics: string[],
  dimensions: string[],
  granularity: Granularity,
  restatements: Restatement[],
): Shape[] {
  const sizes = new Map<string, number>();
  for (const row of answer.data) {
    const name = nameOf(row, dimensions);
    sizes.set(name, (sizes.get(name) ?? 0) + Math.abs(numberOf(cell(row, metrics[0] ?? '')) ?? 0));
  }
  const largest = [...sizes].sort(([, left], [, right]) => right - left).slice(0, MOST_SERIES);
  // By name: a group keeps its colour while sizes change.
  const shown = largest.map(([name]) => name).sort((left, right) => left.localeCompare(right));
  return metrics.map((metric) => shapeOf(answer, metric, dimensions, granularity, restatements, shown, sizes.size));
}

function shapeOf(
  answer: Answer,
  metric: string,
  dimensions: string[],
  granularity: Granularity,
  restatements: Restatement[],
  shown: string[],
  groupsInAll: number,
): Shape {
  const column = answer.columns.find(({ name }) => name === metric);
  const times = timesOf(answer.data, LONGEST[granularity]);
  const bucket = LONGEST[granularity] / 1000;
  const place = new Map(times.map((time, index) => [time, index]));
  const none = () => times.map(() => null);
  const groups = new Map<string, Series>(
    shown.map((name) => [name, { name, values: none(), cells: none(), status: none(), low: none(), high: none() }]),
  );
  for (const row of answer.data) {
    const series = groups.get(nameOf(row, dimensions));
    const at = place.get(Date.parse(String(row.time)) / 1000);
    if (series === undefined || at === undefined) continue;
    series.cells[at] = cell(row, metric);
    series.values[at] = numberOf(cell(row, metric));
    series.status[at] = row.status;
    const bounds = row.estimates?.[metric];
    series.low[at] = bounds ? numberOf(bounds.low) : null;
    series.high[at] = bounds ? numberOf(bounds.high) : null;
  }
  return {
    metric,
    type: column?.type ?? '',
    unit: column?.unit ?? '',
    times,
    series: [...groups.values()],
    hidden: groupsInAll - shown.length,
    bucket,
    cut: answer.meta.exactThrough ? Date.parse(answer.meta.exactThrough) / 1000 : null,
    restated: restatedIn(
      restatements.filter((each) => each.metric === metric && each.rollup === answer.meta.rollup),
      times,
      bucket,
    ),
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
