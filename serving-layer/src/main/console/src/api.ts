import { useEffect, useState } from 'preact/hooks';
import { type Cell, parseCells, parseJson } from './numbers';

export interface Column {
  name: string;
  type: string;
  unit?: string;
}
export interface Bounds {
  low: Cell;
  high: Cell;
}
export interface Row {
  [column: string]: unknown;
  status: 'exact' | 'provisional' | 'mixed';
  estimates?: Record<string, Bounds>;
}
export interface Answer {
  columns: Column[];
  data: Row[];
  meta: {
    answer: string;
    rollup: string;
    generation: number;
    exactThrough: string | null;
    freshThrough: string | null;
    partial: boolean;
    warnings: string[];
  };
}
export const cell = (row: Row, column: string): Cell => (row[column] ?? null) as Cell;

export interface Metric {
  name: string;
  type: string;
  valueType?: string;
  unit: string;
  description: string;
  definition: Record<string, string | number>;
}
/** Whether a metric's numbers add up, over buckets and groups, to what it is of all of them. */
export const addsUp = (metric: Metric | undefined): boolean =>
  metric?.type === 'simple' && (metric.definition.agg === 'count' || metric.definition.agg === 'sum');
export interface Rollup {
  name: string;
  granularity: string;
  zone: string;
  dimensions: string[];
  shards: number;
}
export interface Model {
  name: string;
  description: string;
  source: { topic: string; format: string };
  identity: string[];
  columns: { name: string; type: string; path: string[] }[];
  dimensions: { name: string; type: string; expr: string; description: string }[];
  metrics: Metric[];
  rollups: Rollup[];
  hash: string;
  yaml: string;
}
export interface Progress {
  model: string;
  lagEvents: number | null;
  archiveLagEvents: number | null;
  freshThrough: string | null;
  generation: number;
  chainLength: number;
}
export interface Status {
  ready: boolean;
  /** The silent ones are said to be up, for processes are looked at every few seconds, and do not answer. */
  parts: { name: string; pid: number | null; state: string; silent?: true }[];
  models: Progress[];
}
export type Positions = Record<string, Record<string, number>>;
export interface Manifest {
  version: number;
  generation: number;
  cut: Positions;
  end: Positions;
  archived: Positions;
  publishedAt: string | null;
  parts: { id: string; kind: string; batches: number; sealed: boolean; level: number; records: number }[];
}
export interface Version {
  version: number;
  state: 'IN_FORCE' | 'READY' | 'KEPT' | 'BUILDING' | 'PENDING' | 'SUPERSEDED';
  hash: string;
  appliedAt: string;
  yaml?: string;
}
/** What sets a version apart from the one in force. */
export interface Diff {
  version: number;
  inForce: number;
  definition: { change: 'ADDED' | 'REMOVED' | 'CHANGED'; section: string; name: string; text: string }[];
  work: { kind: string; name: string; need: 'NONE' | 'AT_ONCE' | 'HISTORY' | 'DROPPED'; why: string }[];
  behind?: number;
  numbers?: Record<string, { inForce: Cell; version: Cell }>;
}
export interface Generation {
  generation: number;
  state: string;
  /** Of the model. */
  version: number | null;
  archiveVersion: number;
  publishedAt: string;
  records: number;
}
export interface LedgerRow {
  partition: number;
  topicId?: string;
  hour: string;
  read: number;
  archived: number;
  quarantined: number;
  counted: number;
  atRest?: boolean;
}
export interface LedgerFault {
  where: string;
  partition: number;
  from: number;
  to: number;
  expected: number;
  found: number;
}
export interface Ledger {
  balanced: boolean;
  faults: LedgerFault[];
  data: LedgerRow[];
}
export interface Alert {
  alert: string;
  metric?: string;
  threshold: number;
  value: number | null;
  state: 'OK' | 'FIRING' | 'UNKNOWN';
  since: string;
}
export interface Accuracy {
  waiting: number;
  checked: number;
  skipped: number;
  data: { metric: string; numbers: number; right: number; meanError: number; worst: number; estimated: number; inside: number }[];
}
export interface Job {
  id: string;
  type: string;
  model: string;
  state: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  progress: number;
  error: string | null;
  message?: string;
  spec?: Record<string, unknown>;
  result?: Record<string, unknown>;
  createdAt?: string;
  startedAt?: string;
  finishedAt?: string;
}
export interface Schedule {
  name: string;
  job: { type: string; model: string };
  cron: string;
  zone: string;
  enabled: boolean;
  nextRuns?: string[];
}
export interface Fault {
  line: number;
  problem: string;
  remedy: string;
}
export interface Quarantine {
  total: number;
  data: { partition: number; offset: number; arrivedAt?: string; reason: string; raw: string }[];
}
export interface Restatement {
  at: string;
  generation: number;
  rollup: string;
  metric: string;
  bucket: string;
  dimensions: Record<string, Cell>;
  before: Cell;
  after: Cell;
  causes: { cause: string; delta: Cell }[];
}
export interface Restatements {
  summary: Record<string, number>;
  data: Restatement[];
  faults: { at: string; generation: number; fault: string }[];
}

/** What live views said against what the archive says, where a publication replaced them. */
export interface DriftRow {
  at: string;
  generation: number;
  occasion: string;
  rollup: string;
  metric: string;
  cells: number;
  missing: number;
  extra: number;
  different: number;
  /** Null where the archive says nothing. */
  relative: number | null;
  smape: number;
}

/** A problem document, or the lack of any answer (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly remedy: string,
    readonly values: Record<string, unknown> = {},
  ) {
    super(detail);
  }

  /** Whether the platform cannot be reached: the console says so once, above every page. */
  get offline(): boolean {
    return this.status === 0;
  }

  /** Whether the platform cannot be reached, or says that it cannot answer just now. */
  get away(): boolean {
    return this.status === 0 || this.status === 503;
  }
}

/** Rows of a list that are asked for at most. */
export const MOST = 500;

/** After which a platform that is away is asked again. */
export const AGAIN_MILLIS = 3_000;

const BASE = './api/v1';

export interface Call {
  method?: string;
  body?: string;
  type?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export const address = (path: string): string => new URL(BASE + path, document.baseURI).href;

async function send(path: string, call: Call): Promise<Response> {
  try {
    return await fetch(BASE + path, {
      method: call.method ?? (call.body === undefined ? 'GET' : 'POST'),
      headers: { ...(call.body === undefined ? {} : { 'Content-Type': call.type ?? 'application/json' }), ...call.headers },
      cache: 'no-store',
      body: call.body ?? null,
      signal: call.signal ?? null,
    });
  } catch (failure) {
    if (call.signal?.aborted) throw failure;
    throw new Problem(0, 'OFFLINE', 'The platform does not answer.', 'Is it running? ./bifocal status says so.');
  }
}

/** What an API call answers, as a file of the type that it says; throws the Problem that it tells of. */
export async function requestFile(path: string, call: Call = {}): Promise<Blob> {
  const response = await send(path, call);
  if (response.ok) return response.blob();
  throw problemOf(response.status, await response.text());
}

/**
 * What an API call answers; throws the Problem that it tells of.
 *
 * @param parse of what holds cells, parseCells
 */
export async function request<T>(path: string, call: Call = {}, parse = parseJson): Promise<T> {
  const response = await send(path, call);
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, text);
  return (text ? parse(text) : undefined) as T;
}

/** @param status where the text is no problem document, which has its own */
export function problemOf(status: number, text: string): Problem {
  let told: Record<string, unknown> = {};
  try {
    told = parseJson(text) as Record<string, unknown>;
  } catch {
    // A proxy's page, or nothing: the status is all there is.
  }
  return new Problem(
    Number(told.status ?? status),
    String(told.code ?? status),
    String(told.detail ?? `The platform answered with status ${status}.`),
    String(told.remedy ?? (status >= 500 ? 'Its log says more.' : '')),
    (told.values ?? {}) as Record<string, unknown>,
  );
}

/** Does what the reader asked for, and keeps the problem that it ran into until something is tried again. */
export function useAttempt(): [Problem | undefined, (action: () => Promise<void>) => Promise<void>] {
  const [problem, setProblem] = useState<Problem>();
  const attempt = async (action: () => Promise<void>) => {
    setProblem(undefined);
    try {
      await action();
    } catch (failure) {
      setProblem(failure as Problem);
    }
  };
  return [problem, attempt];
}

/** Numbers that were restated, at most MOST. */
export const useRestatements = (model: string, parameters: string[][] | null, everyMillis: number): Polled<Restatements> =>
  usePolled<Restatements>(
    parameters && `/models/${encodeURIComponent(model)}/restatements?${new URLSearchParams([['limit', String(MOST)], ...parameters])}`,
    everyMillis,
    parseCells,
  );

/** What is known of something that is asked for again and again: the last answer outlives a problem. */
export interface Polled<T> {
  value?: T;
  problem?: Problem;
  /** Asks now. */
  again: () => void;
}

/**
 * Whether something is known of each: an answer, or why there is none. Panels that stand one above the other come together, or
 * the last one's place would change with each answer.
 */
export const settled = (...all: Polled<unknown>[]): boolean => all.every(({ value, problem }) => value !== undefined || problem !== undefined);

/**
 * The platform's state. What watches its processes is some seconds behind, and sees none that hangs: where not all is well, parts
 * that do not answer are down.
 */
export function useStatus(): Polled<Status> {
  const status = usePolled<Status>('/status', 2_000);
  const [silent, setSilent] = useState<string[]>([]);
  useEffect(() => {
    if (!status.value) return;
    if (status.value.ready) return setSilent([]);
    const abort = new AbortController();
    const look = async () => {
      try {
        const { checks } = (await (await fetch('./q/health/ready', { cache: 'no-store', signal: abort.signal })).json()) as {
          checks: { name: string; status: string }[];
        };
        setSilent(checks.filter((check) => check.status === 'DOWN').map(({ name }) => name));
      } catch {
        // What was known of them stands until it answers.
      }
    };
    void look();
    return () => abort.abort();
  }, [status.value]);
  if (!status.value) return status;
  const parts = status.value.parts.map((part) =>
    part.state === 'UP' && silent.includes(part.name) ? { ...part, state: 'DOWN', silent: true as const } : part,
  );
  return { ...status, value: { ...status.value, parts } };
}

/** What remedies say to callers of the API, to try again, the console does by itself. */
export const retried = (problem: Problem): Problem =>
  problem.away
    ? new Problem(problem.status, problem.code, problem.message, `${problem.offline ? `${problem.remedy} ` : ''}The console tries again by itself.`, problem.values)
    : problem;

/**
 * Asks for a resource every so often, while the page is seen; sooner where the platform is away.
 *
 * @param path null: nothing to ask for
 */
export function usePolled<T>(path: string | null, everyMillis: number, parse = parseJson): Polled<T> {
  const [state, setState] = useState<{ path: string | null; value?: T; problem?: Problem }>({ path });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    let timer = 0;
    let asking = false;
    const ask = async () => {
      asking = true;
      let pause = everyMillis;
      if (!document.hidden) {
        try {
          const value = await request<T>(path, { signal: abort.signal }, parse);
          setState({ path, value });
        } catch (failure) {
          if (abort.signal.aborted) return;
          const problem = retried(failure as Problem);
          if (problem.away) pause = Math.min(everyMillis, AGAIN_MILLIS);
          setState((before) => ({ ...(before.path === path ? before : {}), path, problem }));
        }
      }
      asking = false;
      if (!abort.signal.aborted) timer = window.setTimeout(ask, pause);
    };
    const seen = () => {
      // One question at a time, however often the page is looked at.
      if (!document.hidden && !asking) {
        clearTimeout(timer);
        void ask();
      }
    };
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('online', seen);
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      window.removeEventListener('online', seen);
    };
  }, [path, everyMillis, turn]);
  const mine: Partial<typeof state> = state.path === path ? state : {};
  return {
    value: mine.value,
    problem: mine.problem,
    again: () => setTurn((before) => before + 1),
  };
}
