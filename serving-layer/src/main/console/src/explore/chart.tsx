import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Restatement } from '../api';
import { compact, figure, full, written } from '../numbers';
import { type Granularity, label } from '../times';
import { words } from '../ui';
import type { Series, Shape } from './series';

const HEIGHT = 260;
/** Of the marks of restated numbers, at the top. */
const MARK_ROOM = 11;
const OPACITY = { exact: 1, mixed: 0.62, provisional: 0.34 } as const;
/** Of lines, in pixels; the legend draws the same. */
const DASHES = { exact: [], mixed: [6, 4], provisional: [2, 4] };

interface Theme {
  ink: string;
  soft: string;
  line: string;
  warn: string;
  card: string;
  series: string[];
}

function theme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: value('--ink'),
    soft: value('--soft'),
    line: value('--line'),
    warn: value('--warn'),
    card: value('--card'),
    series: Array.from({ length: 8 }, (_, index) => value(`--series-${index + 1}`)),
  };
}

/** Draws one metric over time: exact parts solid, others lighter, bounds as a band, a line at the cut. */
export function Chart({ shape, granularity, zone }: { shape: Shape; granularity: Granularity; zone: string }) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const drawn = useRef(shape);
  const [at, setAt] = useState<number | null>(null);
  const [scheme, setScheme] = useState(0);
  drawn.current = shape;

  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => setScheme((before) => before + 1);
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  }, []);

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const made = new uPlot(options(drawn, theme(), zone, element.clientWidth, setAt), data(drawn.current), element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
    };
  }, [shape.series.length, granularity, zone, scheme]);

  useEffect(() => plot.current?.setData(data(shape)), [shape]);

  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || shape.times.length === 0) return;
    event.preventDefault();
    const last = shape.times.length - 1;
    const next = Math.min(last, Math.max(0, (at ?? (by > 0 ? -1 : last + 1)) + by));
    plot.current?.setCursor({ left: plot.current.valToPos(shape.times[next] ?? 0, 'x') + 1, top: HEIGHT / 3 });
    setAt(next);
  };
  const title = `${shape.metric}${shape.unit ? `, ${shape.unit}` : ''}`;
  return (
    <figure class="chart">
      <figcaption>
        <strong>{shape.metric}</strong> {shape.unit && <span>{shape.unit}</span>}
        {shape.hidden > 0 && (
          <small>
            {shape.series.length} of {shape.series.length + shape.hidden} groups, the largest by {shape.largestBy}; the table has all
          </small>
        )}
      </figcaption>
      <div
        class="plot"
        ref={holder}
        tabIndex={0}
        role="application"
        aria-roledescription="chart"
        aria-label={`${title}: ${summary(shape, granularity, zone)}. Arrow keys read its values.`}
        onKeyDown={step}
        onBlur={() => setAt(null)}
        style={{ minHeight: `${HEIGHT}px` }}
      />
      <Reading shape={shape} at={at} granularity={granularity} zone={zone} plot={plot.current} />
    </figure>
  );
}

function summary(shape: Shape, granularity: Granularity, zone: string): string {
  const first = shape.times[0];
  const last = shape.times[shape.times.length - 1];
  if (first === undefined || last === undefined) return 'no events';
  const when = (time: number) => label(time * 1000, granularity, zone);
  return `${shape.times.length} times from ${when(first)} to ${when(last)}, ${shape.series.length} series`;
}

/** What is under the cursor, beside it and for screen readers. */
function Reading(props: { shape: Shape; at: number | null; granularity: Granularity; zone: string; plot: uPlot | null }) {
  const { shape, at, plot } = props;
  const time = at === null ? undefined : shape.times[at];
  const rows = at === null ? [] : shape.series.map((series, index) => ({ series, index })).filter(({ series }) => series.values[at] != null);
  if (time === undefined || at === null || rows.length === 0 || !plot) return <div class="reading" aria-live="polite" />;
  const left = plot.valToPos(time, 'x') + plot.over.offsetLeft;
  const right = left > plot.width / 2;
  return (
    <div class="reading shown" aria-live="polite" style={right ? { right: `${plot.width - left + 12}px` } : { left: `${left + 24}px` }}>
      <strong>{label(time * 1000, props.granularity, props.zone)}</strong>
      <table>
        <tbody>
          {rows.map(({ series, index }) => (
            <tr key={series.key}>
              <td>
                <i style={{ background: `var(--series-${index + 1})` }} /> <span class="name">{series.name || shape.metric}</span>
              </td>
              <td class="number">{figure(series.cells[at], shape.type)}</td>
              <td>
                {series.status[at]}
                {series.low[at] != null && ` (${compact(series.low[at])}–${compact(series.high[at])})`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Restated all={shape.restated.get(time) ?? []} more={shape.moreRestated} type={shape.type} zone={props.zone} />
    </div>
  );
}

/** What was restated are the cells that are kept, and those may be finer than what is drawn: how many, and the latest. */
function Restated(props: { all: Restatement[]; more: boolean; type: string; zone: string }) {
  const { all, more, type, zone } = props;
  const [latest] = all;
  if (!latest) return null;
  const cell = [label(Date.parse(latest.bucket), undefined, zone), ...Object.values(latest.dimensions ?? {}).map(written)].join(', ');
  return (
    <div>
      {all.length > 1 && `${more ? 'At least ' : ''}${full(all.length)} times a cell in it was restated, the latest: `}
      {cell}: restated from {figure(latest.before, type)} to {figure(latest.after, type)}: {latest.causes.map(({ cause }) => words(cause)).join(', ')}
    </div>
  );
}

const data = (shape: Shape): uPlot.AlignedData => [shape.times, ...shape.series.map((series) => series.values)];

function options(
  drawn: { current: Shape },
  colours: Theme,
  zone: string,
  width: number,
  read: (at: number | null) => void,
): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: colours.soft,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    legend: { show: false },
    // Half a date may stand beyond the last time.
    padding: [null, 36, null, null],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true, range: () => across(drawn.current) },
      y: { range: () => upAndDown(drawn.current) },
    },
    axes: [
      { ...axis, grid: { show: false }, space: 64, values: (_, ticks, __, ___, step) => labels(ticks, step, zone) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => compact(tick)) },
    ],
    series: [{}, ...drawn.current.series.map(() => ({ paths: () => null, points: { show: false } }))],
    hooks: {
      draw: [(plot) => draw(plot, drawn.current, colours)],
      setCursor: [(plot) => read(under(plot, drawn.current))],
    },
  };
}

/** The bucket under the cursor: the last that began before it. */
function under(plot: uPlot, shape: Shape): number | null {
  const left = plot.cursor.left ?? -1;
  if (left < 0) return null;
  const time = plot.posToVal(left, 'x');
  const at = shape.times.findLastIndex((start) => start <= time);
  return at < 0 ? null : at;
}

/** Hours by a clock of 24, under which the day stands where it begins. */
function labels(ticks: number[], stepSeconds: number, zone: string): string[] {
  let day = '';
  return ticks.map((tick) => {
    const [date = '', time = ''] = label(tick * 1000, 'minute', zone).split(' ');
    if (stepSeconds >= 86_400) return stepSeconds >= 28 * 86_400 ? date.slice(0, 7) : date.slice(5);
    const text = date === day ? time : `${time}\n${date}`;
    day = date;
    return text;
  });
}

function across(shape: Shape): [number, number] {
  const first = shape.times[0] ?? Date.now() / 1000 - 3600;
  const last = shape.times[shape.times.length - 1] ?? first + 3600 - shape.bucket;
  return [first, last + shape.bucket];
}

function upAndDown(shape: Shape): [number, number] {
  let low = 0;
  let high = 0;
  for (const series of shape.series) {
    for (const value of [...series.values, ...series.low, ...series.high]) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const room = (high - low || 1) * 0.08;
  return [low < 0 ? low - room : 0, high > 0 || low === 0 ? (high || 1) + room : 0];
}

function draw(plot: uPlot, shape: Shape, colours: Theme): void {
  const context = plot.ctx;
  const { left, top, width, height } = plot.bbox;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  shape.series.forEach((series, index) => {
    const colour = colours.series[index] ?? colours.ink;
    if (shape.series.length === 1) bars(plot, shape, series, colour, colours.ink);
    else lines(plot, shape, series, colour);
  });
  cut(plot, shape, colours);
  restated(plot, shape, colours);
  context.restore();
}

const x = (plot: uPlot, value: number) => plot.valToPos(value, 'x', true);
const y = (plot: uPlot, value: number) => plot.valToPos(value, 'y', true);
const alpha = (series: Series, at: number) => OPACITY[series.status[at] ?? 'exact'];

function bars(plot: uPlot, shape: Shape, series: Series, colour: string, ink: string): void {
  const context = plot.ctx;
  shape.times.forEach((time, at) => {
    const value = series.values[at];
    if (value === null || value === undefined) return;
    // Days and months are not all of one length.
    const whole = x(plot, Math.min(time + shape.bucket, shape.times[at + 1] ?? Infinity)) - x(plot, time);
    const gap = Math.min(whole * 0.2, 3 * devicePixelRatio);
    const from = x(plot, time) + gap / 2;
    const wide = Math.max(1, whole - gap);
    const base = y(plot, 0);
    context.globalAlpha = alpha(series, at);
    context.fillStyle = colour;
    context.fillRect(from, Math.min(base, y(plot, value)), wide, Math.max(1, Math.abs(base - y(plot, value))));
    const low = series.low[at];
    const high = series.high[at];
    if (low == null || high == null) return;
    context.globalAlpha = 0.3;
    context.fillStyle = ink;
    context.fillRect(from, y(plot, high), wide, Math.max(1, y(plot, low) - y(plot, high)));
  });
  context.globalAlpha = 1;
}

function lines(plot: uPlot, shape: Shape, series: Series, colour: string): void {
  const context = plot.ctx;
  context.lineWidth = 2 * devicePixelRatio;
  context.lineJoin = 'round';
  context.strokeStyle = colour;
  context.fillStyle = colour;
  const middle = (at: number) => x(plot, (shape.times[at] ?? 0) + shape.bucket / 2);
  shape.times.forEach((_, at) => {
    const value = series.values[at];
    if (value === null || value === undefined) return;
    const next = series.values[at + 1];
    if (next != null) {
      // A stretch is as solid as the less certain of its ends.
      const rough = series.status[alpha(series, at) < alpha(series, at + 1) ? at : at + 1] ?? 'exact';
      context.globalAlpha = OPACITY[rough];
      context.setLineDash(DASHES[rough].map((length) => length * devicePixelRatio));
      context.beginPath();
      context.moveTo(middle(at), y(plot, value));
      context.lineTo(middle(at + 1), y(plot, next));
      context.stroke();
      band(plot, series, at, middle);
    }
    // One without neighbours is no line.
    if (shape.times.length <= 60 || (next == null && series.values[at - 1] == null)) {
      context.globalAlpha = alpha(series, at);
      context.beginPath();
      context.arc(middle(at), y(plot, value), 2.5 * devicePixelRatio, 0, 2 * Math.PI);
      context.fill();
    }
  });
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function band(plot: uPlot, series: Series, at: number, middle: (at: number) => number): void {
  const bound = (side: 'low' | 'high', index: number) => series[side][index] ?? series.values[index] ?? 0;
  if (series.low[at] == null && series.low[at + 1] == null) return;
  const context = plot.ctx;
  context.globalAlpha = 0.16;
  context.beginPath();
  context.moveTo(middle(at), y(plot, bound('low', at)));
  context.lineTo(middle(at + 1), y(plot, bound('low', at + 1)));
  context.lineTo(middle(at + 1), y(plot, bound('high', at + 1)));
  context.lineTo(middle(at), y(plot, bound('high', at)));
  context.fill();
}

function cut(plot: uPlot, shape: Shape, colours: Theme): void {
  const [first, last] = across(shape);
  if (shape.cut === null || shape.cut < first || shape.cut > last || shape.times.length === 0) return;
  const context = plot.ctx;
  // Between two pixels it would be blurred.
  const at = Math.round(x(plot, shape.cut));
  context.strokeStyle = colours.ink;
  context.lineWidth = 2 * devicePixelRatio;
  context.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  context.beginPath();
  context.moveTo(at, plot.bbox.top);
  context.lineTo(at, plot.bbox.top + plot.bbox.height);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = colours.ink;
  context.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  context.strokeStyle = colours.card;
  context.lineWidth = 3 * devicePixelRatio;
  const beforeIt = at > plot.bbox.left + plot.bbox.width / 2;
  context.textAlign = beforeIt ? 'right' : 'left';
  context.textBaseline = 'top';
  // Below the marks of restated numbers.
  const text = ['cut', at + (beforeIt ? -5 : 5) * devicePixelRatio, plot.bbox.top + (MARK_ROOM + 2) * devicePixelRatio] as const;
  // It is read before any bar.
  context.strokeText(...text);
  context.fillText(...text);
}

function restated(plot: uPlot, shape: Shape, colours: Theme): void {
  const context = plot.ctx;
  context.fillStyle = colours.warn;
  for (const time of shape.restated.keys()) {
    const at = x(plot, time + shape.bucket / 2);
    const size = 4 * devicePixelRatio;
    const top = plot.bbox.top + 3 * devicePixelRatio;
    context.beginPath();
    context.moveTo(at - size, top);
    context.lineTo(at + size, top);
    context.lineTo(at, top + 1.6 * size);
    context.fill();
  }
}
