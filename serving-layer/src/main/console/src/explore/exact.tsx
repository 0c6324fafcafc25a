import { useEffect, useState } from 'preact/hooks';
import type { Model } from '../api';
import { href } from '../route';
import { floor, iso, label, LONGEST } from '../times';
import { post } from './ask';
import { fitting, offered, type Question, queryOf } from './question';

interface ExactRange {
  from?: string | undefined;
  to?: string | undefined;
}

/** A way out where a range is refused because not all of it is exact: to end it where that begins. */
export function ExactOffer(props: { model: Model; question: Question; change: (part: Partial<Question>) => void }) {
  const { model, question, change } = props;
  const [range, setRange] = useState<ExactRange>();
  useEffect(() => {
    const abort = new AbortController();
    setRange(undefined);
    // The refusal is there already, and says what else helps.
    exactRange(model, question, abort.signal).then(setRange, () => {});
    return () => abort.abort();
  }, [model.hash, JSON.stringify(question)]);
  if (!range) return null;
  const { to } = range;
  return (
    <p>
      {to ? (
        <button type="button" onClick={() => change({ range: 'custom', ...range })}>
          End the range at {label(Date.parse(to), 'minute', question.zone)}: all before is exact
        </button>
      ) : (
        <>
          Nothing at the beginning of this range is exact. <a href={href('jobs', { model: model.name })}>Start a recompute</a>
        </>
      )}
    </p>
  );
}

/**
 * A question's range up to its first row that is not exact, looked for in ever finer rows. When the cut was says little: events
 * that come late after it may belong to any bucket before it.
 *
 * @returns without an end where no row comes before; undefined where that cannot be told
 */
async function exactRange(model: Model, question: Question, signal: AbortSignal): Promise<ExactRange | undefined> {
  const now = Date.now();
  const all = offered(model, question);
  const coarsest = fitting(model, question, now);
  if (!coarsest) return undefined;
  const steps = all.slice(0, all.indexOf(coarsest) + 1).reverse();
  const { dimensions: _, consistency: __, ...query } = queryOf(model, question, coarsest, now);
  let time = query.time;
  let to: string | undefined;
  let found = false;
  for (const step of steps) {
    const { data, meta } = await post({ ...query, time: { ...time, granularity: step } }, signal);
    if (meta.partial) return undefined;
    const rough = data.filter(({ status }) => status !== 'exact').map((row) => Date.parse(String(row.time)));
    if (rough.length === 0) break;
    const first = Math.min(...rough);
    found ||= data.some((row) => Date.parse(String(row.time)) < first);
    to = iso(first);
    const next = floor(first + LONGEST[step], step, question.zone);
    time = { ...time, from: to, to: time?.to && Date.parse(time.to) < next ? time.to : iso(next) };
  }
  // All of it may have become exact meanwhile.
  if (!to) return undefined;
  return found ? { from: query.time?.from, to } : {};
}
