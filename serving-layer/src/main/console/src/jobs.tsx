import { useEffect, useRef, useState } from 'preact/hooks';
import { address, type Diff, type Generation, type Job, type Polled, request, type Schedule, settled, useAttempt, usePolled } from './api';
import type { PageProps } from './main';
import { compact, count, parseJson } from './numbers';
import { duration } from './times';
import { Away, Badge, Confirm, dated, Empty, Field, Heads, HERE, Lacking, Loading, Panel, ProblemNote, Select, TableFrame, words } from './ui';

/** Work on history: what was asked for, how far it is, and asking for more. */
export function Jobs({ model }: PageProps) {
  const jobs = usePolled<{ data: Job[] }>('/jobs', 1_500);
  const generations = usePolled<{ data: Generation[] }>(`/models/${encodeURIComponent(model.name)}/generations`, 5_000);
  const schedules = usePolled<{ data: Schedule[] }>('/schedules', 30_000);
  return (
    <>
      <h1 class="hidden">Jobs of {model.name}</h1>
      <Away of={[jobs, generations, schedules]} />
      <Start model={model.name} started={jobs.again} />
      {settled(jobs, generations, schedules) ? <Known {...{ model: model.name, jobs, generations, schedules }} /> : <Loading lines={10} />}
    </>
  );
}

function Known(props: {
  model: string;
  jobs: Polled<{ data: Job[] }>;
  generations: Polled<{ data: Generation[] }>;
  schedules: Polled<{ data: Schedule[] }>;
}) {
  const { model, jobs, generations, schedules } = props;
  const [all, setAll] = useState(false);
  const shown = jobs.value?.data.filter((job) => all || job.model === model);
  return (
    <>
      <Panel
        title="Queue and history"
        aside={
          <label>
            <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} /> of all models
          </label>
        }
      >
        {!shown && <Lacking of={jobs} />}
        {shown && jobs.problem && !jobs.problem.away && <ProblemNote problem={jobs.problem} />}
        {shown && shown.length > 0 && <JobTable jobs={shown} again={jobs.again} />}
        {shown && shown.length === 0 && (
          <Empty title="No job yet.">The nightly recompute makes the first; start one above to see exact numbers now.</Empty>
        )}
      </Panel>
      <Generations {...{ model, generations }} />
      <Panel title="Schedules">
        {schedules.value ? (
          <Schedules schedules={schedules.value.data} again={schedules.again} />
        ) : (
          <Lacking of={schedules} />
        )}
      </Panel>
    </>
  );
}

interface JobType {
  type: string;
  says: string;
  fields: { name: string; label: string; kind: 'date' | 'flag'; initially?: boolean }[];
}

const FROM_TO: JobType['fields'] = [
  { name: 'from', label: 'From day', kind: 'date' },
  { name: 'to', label: 'To day (exclusive)', kind: 'date' },
];

/** What the jobs API takes; a platform that does not offer a type says so when it is asked. */
const TYPES: JobType[] = [
  {
    type: 'recompute',
    says: 'Computes exact numbers from the archive, for everything that has arrived by now, and publishes them in one step.',
    fields: [...FROM_TO, { name: 'full', label: 'everything, not only what changed', kind: 'flag' }],
  },
  {
    type: 'backfill',
    says: 'Computes the history of the version that was applied last, beside the one in force. The plan says first what that takes.',
    fields: [
      ...FROM_TO,
      { name: 'plan', label: 'plan only', kind: 'flag', initially: true },
    ],
  },
  { type: 'reconcile', says: 'Compares what was served live with what is exact, and says what moved and why.', fields: [] },
];

const initial = (type: string): Record<string, boolean> =>
  Object.fromEntries((TYPES.find((each) => each.type === type)?.fields ?? []).filter(({ initially }) => initially).map(({ name }) => [name, true]));

function Start({ model, started }: { model: string; started: () => void }) {
  const [type, setType] = useState('recompute');
  const [fields, setFields] = useState<Record<string, string | boolean>>({});
  const [asking, setAsking] = useState(false);
  const [problem, attempt] = useAttempt();
  const [job, setJob] = useState<Job>();
  const chosen = TYPES.find((each) => each.type === type) ?? (TYPES[0] as JobType);
  const spec = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && value !== false));
  const start = () => {
    setAsking(false);
    setJob(undefined);
    return attempt(async () => {
      setJob(await post({ type, model, ...spec }));
      started();
    });
  };
  return (
    <Panel title="Start a job">
      <form
        class="controls"
        onSubmit={(event) => {
          event.preventDefault();
          setAsking(true);
        }}
      >
        <Select
          label="Job"
          value={type}
          options={TYPES.map((each) => each.type)}
          onChange={(next) => {
            setType(next);
            setFields(initial(next));
          }}
        />
        {chosen.fields.map(({ name, label, kind }) =>
          kind === 'flag' ? (
            <label class="flag" key={name}>
              <input
                type="checkbox"
                checked={fields[name] === true}
                onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.checked })}
              />{' '}
              {label}
            </label>
          ) : (
            <Field key={name} label={label}>
              <input
                type={kind}
                value={String(fields[name] ?? '')}
                onInput={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
              />
            </Field>
          ),
        )}
        <button type="submit" class="primary">
          Start…
        </button>
      </form>
      <p class="hint">{chosen.says}</p>
      {problem && <ProblemNote problem={problem} />}
      {job && (
        <div class="note good" role="status">
          A {job.type} of {job.model} was asked for; the list below shows how far it is.
        </div>
      )}
      {asking && (
        <Confirm title={`Start a ${type} of ${model}?`} action={`Start ${type}`} onConfirm={start} onCancel={() => setAsking(false)}>
          <p>{chosen.says}</p>
          {Object.keys(spec).length > 0 && <p><code>{JSON.stringify(spec)}</code></p>}
        </Confirm>
      )}
    </Panel>
  );
}

/** A retry of the browser's own must not make a second job. */
const post = (body: Record<string, unknown>): Promise<Job> =>
  request<Job>('/jobs', { body: JSON.stringify(body), headers: { 'Idempotency-Key': crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` } });

const ended = (job: Job): boolean => !['QUEUED', 'RUNNING'].includes(job.state);

/** A backfill that reads all history again is asked for, and told of, by that. */
const nameOf = ({ type, spec }: Job): string => (type === 'backfill' && spec?.reprocess === true ? 'reprocess' : type);

function JobTable({ jobs, again }: { jobs: Job[]; again: () => void }) {
  const [cancelling, setCancelling] = useState<Job>();
  const [problem, attempt] = useAttempt();
  const cancel = (job: Job) => {
    setCancelling(undefined);
    return attempt(async () => {
      await request(`/jobs/${job.id}`, { method: 'DELETE' });
      again();
    });
  };
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <TableFrame label="Jobs" tall>
        <Heads heads={['job', 'model', 'state', 'progress', 'what it says', `asked (${HERE})`, { text: 'took', number: true }, { text: 'actions', hidden: true }]} />
        <tbody>
          {jobs.map((job) => (
            <tr key={job.id}>
              <td title={job.id}>{nameOf(job)}</td>
              <td>{job.model}</td>
              <td>
                <Badge state={job.state} />
              </td>
              <td>
                <progress value={job.progress} max={1} aria-label={`Progress of ${nameOf(job)} ${job.id}`} />
              </td>
              <td class="wide">
                {job.error ? <span class="bad">{job.error}</span> : job.message}
                <Details job={job} />
                <Log job={job} />
              </td>
              <td>{dated(job.createdAt)}</td>
              <td class="number">
                {job.startedAt ? duration(Date.parse(job.finishedAt ?? new Date().toISOString()) - Date.parse(job.startedAt)) : '–'}
              </td>
              <td>
                {!ended(job) && (
                  <button type="button" onClick={() => setCancelling(job)}>
                    Cancel…
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      {cancelling && (
        <Confirm
          title={`Cancel the ${nameOf(cancelling)} of ${cancelling.model}?`}
          action="Cancel the job"
          dismissal="Keep it"
          onConfirm={() => cancel(cancelling)}
          onCancel={() => setCancelling(undefined)}
        >
          <p>What it has not published yet is given up. It can be asked for again.</p>
        </Confirm>
      )}
    </>
  );
}

function Details({ job }: { job: Job }) {
  const { positions: _, ...spec } = job.spec ?? {};
  const parts = { ...(Object.keys(spec).length > 0 ? { asked: spec } : {}), ...(Object.keys(job.result ?? {}).length > 0 ? { result: job.result } : {}) };
  if (Object.keys(parts).length === 0) return null;
  return (
    <details>
      <summary>details</summary>
      <pre tabIndex={0} aria-label={`Details of ${nameOf(job)} ${job.id}`}>{JSON.stringify(parts, null, 2)}</pre>
    </details>
  );
}

const MOST_LINES = 2_000;

/** What the job's process writes, as it writes it. */
function Log({ job }: { job: Job }) {
  const [open, setOpen] = useState(false);
  const [lines, setLines] = useState<string[]>();
  const end = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (!open) return;
    setLines(undefined);
    const stream = new EventSource(address(`/jobs/${job.id}/events`));
    stream.onopen = () => setLines([]);
    stream.addEventListener('log', (event) => {
      const more = (JSON.parse(String((event as MessageEvent).data)) as { lines: string[] }).lines;
      setLines((before) => [...(before ?? []), ...more].slice(-MOST_LINES));
    });
    // The stream ends with the job; the browser would begin it anew.
    stream.onmessage = (event) => ended(parseJson(String(event.data)) as Job) && stream.close();
    return () => stream.close();
  }, [open, job.id]);
  useEffect(() => end.current?.scrollTo({ top: end.current.scrollHeight }), [lines]);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>log</summary>
      {open && (
        <pre ref={end} class="log" tabIndex={0} aria-label={`Log of ${nameOf(job)} ${job.id}`}>
          {lines === undefined ? '…' : lines.join('\n') || 'Its process has written nothing.'}
        </pre>
      )}
    </details>
  );
}

function Generations({ model, generations }: { model: string; generations: Polled<{ data: Generation[] }> }) {
  const inForce = generations.value?.data.find(({ state }) => state === 'IN_FORCE')?.version;
  const [back, setBack] = useState<Generation>();
  const [asked, setAsked] = useState<number>();
  const [problem, attempt] = useAttempt();
  const rollback = ({ generation }: Generation) => {
    setBack(undefined);
    setAsked(undefined);
    return attempt(async () => {
      await post({ type: 'rollback', model, generation });
      setAsked(generation);
    });
  };
  return (
    <Panel title="Generations">
      {problem && <ProblemNote problem={problem} />}
      {asked !== undefined && <div class="note good" role="status">A rollback to generation {asked} was asked for.</div>}
      {!generations.value ? (
        <Lacking of={generations} />
      ) : generations.value.data.length === 0 ? (
        <Empty title="No generation yet.">The first recompute publishes one; until then every number is provisional.</Empty>
      ) : (
        <TableFrame label="Generations that are kept">
          <Heads
            heads={[
              { text: 'generation', number: true },
              'state',
              `published (${HERE})`,
              { text: 'model version', number: true },
              { text: 'records', number: true },
              { text: 'archive version', number: true },
              { text: 'actions', hidden: true },
            ]}
          />
          <tbody>
            {generations.value.data.map((generation) => (
              <tr key={generation.generation}>
                <td class="number">{generation.generation}</td>
                <td>
                  <Badge state={generation.state === 'IN_FORCE' ? 'succeeded' : 'queued'}>{words(generation.state)}</Badge>
                </td>
                <td>{dated(generation.publishedAt)}</td>
                <td class="number">{generation.version ?? '–'}</td>
                <td class="number" title={count(generation.records)}>{compact(generation.records)}</td>
                <td class="number">{generation.archiveVersion}</td>
                <td>
                  {generation.state !== 'IN_FORCE' && (
                    <button type="button" onClick={() => setBack(generation)}>
                      Roll back…
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
      {back && (
        <Confirm
          title={`Put generation ${back.generation} back in force?`}
          action={`Roll back to ${back.generation}`}
          onConfirm={() => rollback(back)}
          onCancel={() => setBack(undefined)}
        >
          <p>
            Answers take their exact part from generation {back.generation} of {model} again, and every record that arrived since from the
            archive: no record is lost, and the next recompute builds on it.
          </p>
          <DefinitionBack model={model} version={back.version} inForce={inForce} />
        </Confirm>
      )}
    </Panel>
  );
}

/** A generation brings the definition back that it was computed with. */
function DefinitionBack({ model, version, inForce }: { model: string; version: number | null; inForce: number | null | undefined }) {
  const differs = version !== null && version !== inForce;
  const diff = usePolled<Diff>(differs ? `/models/${encodeURIComponent(model)}/versions/${version}/diff` : null, 60_000);
  if (!differs) return null;
  const names = (change: string): string =>
    [...new Set(diff.value?.definition.filter((each) => ['metrics', 'dimensions'].includes(each.section) && each.change === change).map(({ name }) => name))].join(', ');
  const gone = names('REMOVED');
  const changed = names('CHANGED');
  return (
    <div class="note away">
      <strong>Version {version} of the model comes back into force with it</strong>, in place of version {inForce}.{' '}
      {gone && `Of that, ${gone} will not answer until it is promoted again. `}
      {changed && `${changed} will be computed as version ${version} says. `}
      {!diff.value && `Metrics that only version ${inForce} has will not answer until it is promoted again.`}
    </div>
  );
}

/** What a schedule can be turned. */
const other = ({ enabled }: Schedule): string => (enabled ? 'off' : 'on');

function Schedules({ schedules, again }: { schedules: Schedule[]; again: () => void }) {
  const [changing, setChanging] = useState<Schedule>();
  const [problem, attempt] = useAttempt();
  const change = ({ name, job, cron, zone, enabled }: Schedule) => {
    setChanging(undefined);
    return attempt(async () => {
      await request(`/schedules/${encodeURIComponent(name)}`, { method: 'PUT', body: JSON.stringify({ job, cron, zone, enabled: !enabled }) });
      again();
    });
  };
  if (schedules.length === 0) {
    return (
      <Empty title="Nothing is scheduled.">
        <code>./bifocal schedule --help</code> tells how to ask for a job again and again.
      </Empty>
    );
  }
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <TableFrame label="Schedules and their next runs">
        <Heads heads={['name', 'job', 'model', 'cron', 'zone', 'state', `next (${HERE})`, { text: 'actions', hidden: true }]} />
        <tbody>
          {schedules.map((schedule) => (
            <tr key={schedule.name}>
              <td>{schedule.name}</td>
              <td>{schedule.job.type}</td>
              <td>{schedule.job.model}</td>
              <td>
                <code>{schedule.cron}</code>
              </td>
              <td>{schedule.zone}</td>
              <td>
                <Badge state={schedule.enabled ? 'succeeded' : 'queued'}>{schedule.enabled ? 'on' : 'off'}</Badge>
              </td>
              <td>{dated(schedule.nextRuns?.[0])}</td>
              <td>
                <button type="button" onClick={() => setChanging(schedule)}>
                  Turn {other(schedule)}…
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      {changing && (
        <Confirm
          title={`Turn ${changing.name} ${other(changing)}?`}
          action={`Turn ${other(changing)}`}
          onConfirm={() => change(changing)}
          onCancel={() => setChanging(undefined)}
        >
          <p>
            {changing.enabled
              ? `No ${changing.job.type} of ${changing.job.model} is asked for until it is turned on again.`
              : `A ${changing.job.type} of ${changing.job.model} is asked for at ${changing.cron} (${changing.zone}).`}
          </p>
        </Confirm>
      )}
    </>
  );
}
