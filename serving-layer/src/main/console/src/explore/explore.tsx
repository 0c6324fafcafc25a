import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Answer, cell, type Model, type Restatements, useRestatements } from '../api';
import type { PageProps } from '../main';
import { compact, full } from '../numbers';
import { href, replace, useRoute } from '../route';
import { duration, floor, iso, label, LONGEST, moment } from '../times';
import { Empty, Loading, Panel, ProblemNote } from '../ui';
import { type Asked, useAnswer } from './ask';
import { Chart } from './chart';
import { Controls } from './controls';
import { ExactOffer } from './exact';
import { extent, fitting, fromAddress, keepQuestion, misread, type Question, queryOf, toAddress } from './question';
import { type Shape, shapesOf } from './series';
import { Share } from './share';
import { AnswerTable } from './table';

/** Asks a model anything, and draws the answer as it changes. */
export function Explore({ model, parameters, status }: PageProps) {
  const progress = status?.models.find((each) => each.model === model.name);
  const onTheirWay = progress?.lagEvents ?? 0;
  const key = parameters.toString();
  const question = useMemo(() => fromAddress(parameters, model), [key, model]);
  useEffect(() => keepQuestion(model.name, toAddress(question, model)), [question]);
  const change = (part: Partial<Question>) => replace('explore', toAddress({ ...question, ...part }, model));
  const asked = useAnswer(model, question);
  const away = useSilence(status);
  const { value } = useRestatements(model.name, about(asked, question), 30_000);
  // A range that moves on asks anew, and marks stay meanwhile.
  const restatements = useRef(value);
  restatements.current = value ?? restatements.current;
  const shapes = useShapes(model, asked, question, restatements.current);
  return (
    <div class="explore">
      <h1 class="hidden">Explore {model.name}</h1>
      <Misread {...{ model, parameters, question }} />
      <Controls model={model} question={question} change={change} />
      <Shown model={model} question={question} />
      {asked.problem && (
        <ProblemNote problem={asked.problem}>
          {asked.problem.code === 'NOT_EXACT' && <ExactOffer {...{ model, question, change }} />}
        </ProblemNote>
      )}
      {asked.answer?.meta.partial && <Warnings answer={asked.answer} />}
      <Totals asked={asked} question={question} fresh={progress?.freshThrough ?? asked.answer?.meta.freshThrough} away={away} />
      <Panel title={`Over time, in ${question.zone}`} class="charts" aside={<Legend answer={asked.answer} shapes={shapes} question={question} />}>
        <Charts {...{ asked, question, shapes, change, onTheirWay }} />
      </Panel>
      {asked.answer && !asked.answer.meta.partial && <Warnings answer={asked.answer} />}
      {asked.answer && asked.answer.data.length > 0 && <AnswerTable answer={asked.answer} question={question} granularity={asked.granularity} />}
      {asked.query && <Share query={asked.query} token={asked.answer?.meta.answer} />}
    </div>
  );
}

/** A link that was mistyped, or is of a model that has changed since, does not pass for another question. */
function Misread({ model, parameters, question }: { model: Model; parameters: URLSearchParams; question: Question }) {
  const { page } = useRoute();
  const all = [
    // Whatever is no page comes here.
    ...(page === 'explore' ? [] : [`no page ${page}: this is Explore`]),
    ...misread(parameters, model, question),
  ];
  if (all.length === 0) return null;
  return (
    <div class="note away misread" role="status">
      <strong>Not all of the address is understood.</strong> There is {all.join('; ')}.{' '}
      <a href={href('explore', toAddress(question, model))}>Keep what is shown</a>
    </div>
  );
}

/** Where a range that ends now begins: at the start of a bucket, for a bucket that is cut would look like one with less in it. */
function Shown({ model, question }: { model: Model; question: Question }) {
  const now = Date.now();
  if (question.range === 'custom' || extent(question, now) === undefined) return null;
  const granularity =
    question.granularity === 'none' ? undefined : question.granularity === 'auto' ? fitting(model, question, now) : question.granularity;
  const from = Date.parse(queryOf(model, question, granularity, now).time?.from ?? '');
  return (
    <p class="hint">
      Shown is {label(from, 'minute', question.zone)} to now
      {granularity && `, beginning with a whole ${granularity.replace(/^(\d+)minute/, '$1 minutes')}`}
    </p>
  );
}

const SILENT_MILLIS = 6_000;

/** Whether what comes every two seconds has stopped: a stream may be cut without anything that says so. */
function useSilence(heard: unknown): boolean {
  const [silent, setSilent] = useState(!navigator.onLine);
  useEffect(() => {
    setSilent(!navigator.onLine);
    const cut = () => setSilent(true);
    const timer = setTimeout(cut, SILENT_MILLIS);
    window.addEventListener('offline', cut);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('offline', cut);
    };
  }, [heard]);
  return silent;
}

/** Of what is shown alone: however many other numbers were restated, those of the chart are among the answer's. */
function about({ answer, granularity }: Asked, question: Question): string[][] | null {
  const times = answer?.data.map((row) => Date.parse(String(row.time))) ?? [];
  if (!answer || !granularity || times.length === 0) return null;
  const first = times.reduce((left, right) => Math.min(left, right));
  const last = times.reduce((left, right) => Math.max(left, right));
  return [
    ...question.metrics.map((metric) => ['metric', metric]),
    ['rollup', answer.meta.rollup],
    ['from', iso(first)],
    ['to', iso(floor(last + LONGEST[granularity], granularity, question.zone))],
  ];
}

/** What is missing stands above the numbers; what is usual, below them. */
function Warnings({ answer }: { answer: Answer }) {
  return (
    <>
      {answer.meta.warnings.map((warning) => (
        <div class={answer.meta.partial ? 'note away' : 'note plain'} role="status" key={warning}>
          ⚠ {warning}
        </div>
      ))}
    </>
  );
}

function useShapes(model: Model, { answer, granularity }: Asked, question: Question, restatements: Restatements | undefined): Shape[] {
  return useMemo(() => {
    // While the next answer is on its way, what is shown still belongs to the question before.
    if (!answer || !granularity || answer.columns[0]?.name !== 'time') return [];
    const names = new Set(answer.columns.map((column) => column.name));
    const metrics = question.metrics.flatMap((name) => model.metrics.filter((metric) => metric.name === name && names.has(name)));
    return shapesOf(answer, metrics, question.dimensions, granularity, restatements?.data ?? []);
  }, [model, answer, granularity, question, restatements]);
}

function Charts(props: { asked: Asked; question: Question; shapes: Shape[]; change: (part: Partial<Question>) => void; onTheirWay: number }) {
  const { asked, question, shapes, change, onTheirWay } = props;
  if (asked.answer?.data.length === 0) {
    return (
      <Empty title="No events match.">
        {question.range === 'all' && question.filters.length === 0 && onTheirWay > 0 ? (
          `${full(onTheirWay)} events are on their way; they show here as soon as they are counted.`
        ) : question.range === 'all' ? (
          'Nothing has arrived for this model and these filters. What arrives shows here at once.'
        ) : (
          <button type="button" onClick={() => change({ range: 'all' })}>
            Look at all of history
          </button>
        )}
      </Empty>
    );
  }
  if (!asked.answer) return asked.problem ? <Empty title="No answer to draw.">The problem above says what would help.</Empty> : <Loading lines={8} />;
  if (asked.granularity === undefined) {
    return (
      <Empty title="One number for the whole range.">
        {question.granularity === 'none'
          ? 'Choose a granularity to see it over time.'
          : `What is kept does not begin where hours and days of ${question.zone} do. Choose another zone to see it over time.`}
      </Empty>
    );
  }
  const { granularity } = asked;
  return (
    <div class={shapes.length > 1 ? 'grid' : ''}>
      {shapes.map((shape) => (
        <Chart key={shape.metric} shape={shape} granularity={granularity} zone={question.zone} />
      ))}
    </div>
  );
}

function Legend({ answer, shapes, question }: { answer: Answer | undefined; shapes: Shape[]; question: Question }) {
  const series = shapes[0]?.series ?? [];
  const estimated = answer?.data.some((row) => row.estimates) ?? false;
  const restated = shapes.some((shape) => shape.restated.size > 0);
  return (
    <ul class={series.length > 1 ? 'legend of-lines' : 'legend'}>
      {series.length > 1 &&
        series.map(({ key, name }, index) => (
          <li key={key}>
            <i style={{ background: `var(--series-${index + 1})` }} />
            <span class="name" title={name}>
              {name}
            </span>
          </li>
        ))}
      <li>
        <i class="solid" />
        exact
      </li>
      <li>
        <i class="mixed" />
        mixed
      </li>
      <li>
        <i class="lighter" />
        provisional
      </li>
      {estimated && (
        <li>
          <i class="band" />
          bounds of an estimate
        </li>
      )}
      {restated && (
        <li>
          <i class="mark" />
          restated
        </li>
      )}
      {question.live && <li class="hidden">updates by itself</li>}
    </ul>
  );
}

function Totals(props: { asked: Asked; question: Question; fresh: string | null | undefined; away: boolean }) {
  const { asked, question, fresh, away } = props;
  const { answer, totals } = asked;
  const row = totals?.data[0];
  const generation = answer?.meta.generation;
  return (
    <dl class="totals">
      {question.metrics.map((metric) => {
        const value = row ? cell(row, metric) : undefined;
        const unit = totals?.columns.find((column) => column.name === metric)?.unit;
        const bounds = row?.estimates?.[metric];
        return (
          <div key={metric}>
            <dt>{metric}</dt>
            <dd title={full(value)}>
              {bounds && '~'}
              {compact(value)} <small>{unit}</small>
            </dd>
            <dd class="sub" title={bounds && `an estimate: from ${full(bounds.low)} to ${full(bounds.high)}`}>
              {row ? row.status : ' '}
              {bounds && `, ${compact(bounds.low)}–${compact(bounds.high)}`}
            </dd>
          </div>
        );
      })}
      <div>
        <dt>generation</dt>
        <dd>{generation === undefined ? '–' : generation || 'none yet'}</dd>
        <dd class="sub">
          {answer === undefined ? ' ' : answer.meta.exactThrough ? `exact to ${moment(answer.meta.exactThrough, question.zone)}` : 'nothing is exact yet'}
        </dd>
      </div>
      <div>
        <dt>fresh</dt>
        <dd>{fresh ? `${duration(Date.now() - Date.parse(fresh))} ago` : '–'}</dd>
        <dd class="sub">
          <Streaming asked={asked} question={question} away={away} />
        </dd>
      </div>
    </dl>
  );
}

function Streaming({ asked, question, away }: { asked: Asked; question: Question; away: boolean }) {
  if (!question.live) return <>not live</>;
  if (asked.asking) return <>asking…</>;
  if (asked.problem && !asked.problem.away) return <>refused</>;
  return asked.streaming && !asked.problem && !away ? (
    <span class="live">
      <i /> live
    </span>
  ) : (
    <>reconnecting…</>
  );
}
