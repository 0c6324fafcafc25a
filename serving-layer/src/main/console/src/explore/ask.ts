import { useEffect, useState } from 'preact/hooks';
import { AGAIN_MILLIS, type Answer, address, type Model, type Problem, problemOf, request } from '../api';
import { parseCells } from '../numbers';
import { type Granularity, LONGEST } from '../times';
import { beginningWith, drawing, extent, fitsAddress, fitting, parametersOf, type Question, type QueryDocument, queryOf } from './question';

/** What was asked, and what came of it. */
export interface Asked {
  query?: QueryDocument;
  granularity?: Granularity;
  answer?: Answer;
  /** The same without time and dimensions: the metrics over the whole range. */
  totals?: Answer;
  problem?: Problem;
  /** Whether answers still come by themselves. */
  streaming: boolean;
  asking: boolean;
}

const RENEW_MILLIS = 30_000;
const ASK_AGAIN_MILLIS = 5_000;

export const post = (query: QueryDocument, signal: AbortSignal): Promise<Answer> =>
  request<Answer>('/query', { body: JSON.stringify(query), signal }, parseCells);

/** Answers a question, and again whenever the answer changes; what is shown stays until the next answer is there. */
export function useAnswer(model: Model, question: Question): Asked {
  const [asked, setAsked] = useState<Asked>({ streaming: false, asking: true });
  const key = JSON.stringify(question);
  useEffect(() => {
    const asking = new Asking(model, question, (change) => setAsked((before) => ({ ...before, ...change })));
    void asking.start();
    return () => asking.stop();
  }, [model.name, model.hash, key]);
  return asked;
}

class Asking {
  private readonly abort = new AbortController();
  private stream: EventSource | undefined;
  private timer = 0;
  private totalling = false;
  private stale = false;
  private empty = false;
  private query: QueryDocument | undefined;
  private granularity: Granularity | undefined;

  constructor(
    private readonly model: Model,
    private readonly question: Question,
    private readonly tell: (change: Partial<Asked>) => void,
  ) {}

  stop(): void {
    this.abort.abort();
    this.stream?.close();
    clearTimeout(this.timer);
  }

  async start(): Promise<void> {
    this.tell({ asking: true });
    try {
      const answer = await this.first();
      this.query = queryOf(this.model, this.question, this.granularity, Date.now());
      this.show(answer);
      if (this.question.live) this.follow(this.query);
    } catch (failure) {
      this.fail(failure);
    }
  }

  /**
   * Where the granularity is left to the console, the finest that draws a readable number of buckets. How many all of history has
   * only an answer tells; without dimensions it is mostly the one that is shown.
   */
  private async first(): Promise<Answer> {
    const { model, question } = this;
    const { granularity } = question;
    // A refusal tells of it too.
    const ask = (by: Granularity | undefined, about = question): Promise<Answer> => {
      this.granularity = by;
      return post(queryOf(model, about, by, Date.now()), this.abort.signal);
    };
    if (granularity === 'none') return ask(undefined);
    if (granularity !== 'auto') return ask(granularity);
    if (extent(question, Date.now()) !== undefined) return ask(fitting(model, question, Date.now()));
    const probe = beginningWith(model, question);
    if (!probe) return ask(undefined);
    const groups = question.dimensions.length > 0;
    // As long as history is, groups would make of it.
    const answer = await ask(probe, groups ? { ...question, dimensions: [], metrics: question.metrics.slice(0, 1) } : question);
    const fit = answer.data.length === 0 ? probe : drawing(model, question, bucketsOf(answer) * LONGEST[probe]);
    return fit === probe && !groups ? answer : ask(fit);
  }

  private show(answer: Answer): void {
    const firstEvents = this.empty && answer.data.length > 0;
    this.empty = answer.data.length === 0;
    if (firstEvents && this.question.granularity === 'auto' && this.stream) {
      // What fits them is known only now.
      this.stream.close();
      clearTimeout(this.timer);
      void this.start();
      return;
    }
    this.tell({
      query: this.query,
      granularity: this.granularity,
      answer,
      asking: false,
      problem: undefined,
    });
    void this.total();
  }

  private fail(failure: unknown): void {
    if (this.abort.signal.aborted) return;
    const problem = failure as Problem;
    this.tell({
      query: queryOf(this.model, this.question, this.granularity, Date.now()),
      problem,
      asking: false,
      streaming: false,
      // A refusal speaks of this question, and an earlier answer does not belong to it.
      ...(problem.away ? {} : { answer: undefined, totals: undefined }),
    });
    if (problem.away) this.later(() => void this.start(), AGAIN_MILLIS);
  }

  /** In the stead of whatever was to be done later; nothing, once this question is not asked any more. */
  private later(action: () => void, millis: number): void {
    clearTimeout(this.timer);
    if (!this.abort.signal.aborted) this.timer = window.setTimeout(action, millis);
  }

  /** One at a time: while answers come faster than totals, only the last one's are asked for. */
  private async total(): Promise<void> {
    if (this.totalling) {
      this.stale = true;
      return;
    }
    this.totalling = true;
    try {
      do {
        this.stale = false;
        const { dimensions: _, ...query } = queryOf(this.model, this.question, this.granularity, Date.now());
        const { granularity: __, ...time } = query.time ?? {};
        this.tell({ totals: await post({ ...query, time }, this.abort.signal) });
      } while (this.stale);
    } catch (failure) {
      // The chart and the table are there, and tell their own problem. The totals of a question before would be wrong.
      if (!this.abort.signal.aborted && !(failure as Problem).away) this.tell({ totals: undefined });
    } finally {
      this.totalling = false;
    }
  }

  private follow(query: QueryDocument): void {
    if (this.abort.signal.aborted) return;
    if (!fitsAddress(query)) {
      this.later(() => void this.again(), ASK_AGAIN_MILLIS);
      this.tell({ streaming: true });
      return;
    }
    const stream = new EventSource(address(`/query/stream?${parametersOf(query)}`));
    this.stream = stream;
    stream.onopen = () => this.tell({ streaming: true });
    stream.onmessage = (event) => this.show(parseCells(String(event.data)) as Answer);
    stream.addEventListener('problem', (event) =>
      this.tell({ problem: problemOf(0, String((event as MessageEvent).data)), streaming: true }),
    );
    stream.onerror = () => {
      if (this.abort.signal.aborted) return;
      this.tell({ streaming: false });
      if (stream.readyState === EventSource.CLOSED) this.later(() => void this.start(), AGAIN_MILLIS);
    };
    this.later(() => this.renew(), RENEW_MILLIS);
  }

  /** What no address of a stream can say is asked for every so often. */
  private async again(): Promise<void> {
    try {
      this.query = queryOf(this.model, this.question, this.granularity, Date.now());
      this.show(await post(this.query, this.abort.signal));
      this.follow(this.query);
    } catch (failure) {
      this.fail(failure);
    }
  }

  /** A range that ends now moves on. */
  private renew(): void {
    const query = queryOf(this.model, this.question, this.granularity, Date.now());
    if (JSON.stringify(query) === JSON.stringify(this.query)) {
      this.later(() => this.renew(), RENEW_MILLIS);
      return;
    }
    this.stream?.close();
    this.query = query;
    this.follow(query);
  }
}

const bucketsOf = (answer: Answer): number => new Set(answer.data.map((row) => row.time)).size;
