import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AGAIN_MILLIS, type Fault, type Metric, type Model, Problem, request, retried, settled, useAttempt, usePolled, type Version } from './api';
import { type ModelDraft, useModelDraft } from './draft';
import type { PageProps } from './main';
import { zoneName } from './times';
import { Away, Badge, Confirm, dated, Heads, Loading, Panel, ProblemNote, TableFrame } from './ui';
import { Versions } from './versions';

/** What a model says, and a place to change it with its faults shown as they are typed. */
export function Models({ model, changed }: PageProps) {
  const versions = usePolled<{ data: Version[] }>(`/models/${encodeURIComponent(model.name)}/versions`, 5_000);
  const base = baseOf(model, versions.value?.data);
  // What was waiting is in force now, or given up.
  useEffect(changed, [base.waiting?.version]);
  return (
    <>
      <h1 class="hidden">Model {model.name}</h1>
      <Away of={[versions]} />
      <Panel title={model.name} aside={<small>definition {model.hash.slice(0, 12)}</small>}>
        <p>
          {(model.description || 'No description').replace(/\.?$/, '.')} Events come from the topic <code>{model.source.topic}</code> as {model.source.format}
          {model.identity.length > 0 && (
            <>
              ; records with the same <code>{model.identity.join(', ')}</code> are one event
            </>
          )}
          .
        </p>
        <Definition model={model} />
      </Panel>
      {settled(versions) ? (
        <Editor model={model.name} base={base} applied={() => (versions.again(), changed())} />
      ) : (
        <Panel title="Model file">
          <Loading lines={20} />
        </Panel>
      )}
      <Versions model={model.name} versions={versions} promoted={changed} />
    </>
  );
}

function Definition({ model }: { model: Model }) {
  return (
    <div class="definition">
      <Listing title="Metrics" heads={['name', 'computed as', 'type', 'unit']}>
        {model.metrics.map((metric) => (
          <tr key={metric.name}>
            <th scope="row" title={metric.description}>{metric.name}</th>
            <td><code>{computation(metric)}</code></td>
            <td>{metric.valueType ?? metric.type}</td>
            <td>{metric.unit}</td>
          </tr>
        ))}
      </Listing>
      <Listing title="Dimensions" heads={['name', 'expression', 'type']}>
        {model.dimensions.map((dimension) => (
          <tr key={dimension.name}>
            <th scope="row" title={dimension.description}>{dimension.name}</th>
            <td><code>{dimension.expr}</code></td>
            <td>{dimension.type}</td>
          </tr>
        ))}
      </Listing>
      <Listing title="Rollups" heads={['name', 'per', 'by', 'zone']}>
        {model.rollups.map((rollup) => (
          <tr key={rollup.name}>
            <th scope="row">{rollup.name}</th>
            <td>{rollup.granularity}</td>
            <td>{rollup.dimensions.join(', ') || 'nothing'}</td>
            <td>{zoneName(rollup.zone)}</td>
          </tr>
        ))}
      </Listing>
      <Listing title="Columns" heads={['name', 'type', 'path']}>
        {model.columns.map((column) => (
          <tr key={column.name}>
            <th scope="row">{column.name}</th>
            <td>{column.type}</td>
            <td><code>{column.path.join('.')}</code></td>
          </tr>
        ))}
      </Listing>
    </div>
  );
}

function computation({ definition: { agg, expr, filter, percentile, numerator, denominator, input_metric: metric, window, grain_to_date: grain } }: Metric): string {
  if (metric) return `${metric} ${window ? `over ${window}` : grain ? `since the start of the ${grain}` : 'since the beginning'}`;
  if (numerator) return `${numerator} / ${denominator}`;
  const call = agg ? `${agg}(${expr ?? '*'}${percentile === undefined ? '' : `, ${percentile}`})` : String(expr);
  return filter ? `${call} where ${filter}` : call;
}

function Listing({ title, heads, children }: { title: string; heads: string[]; children: ComponentChildren }) {
  return (
    <div>
      <h3>{title}</h3>
      <TableFrame label={title}>
        <Heads heads={heads} />
        <tbody>{children}</tbody>
      </TableFrame>
    </div>
  );
}

const PAUSE_MILLIS = 350;

/** After which a check counts as lost: applying checks too. */
const LATE_MILLIS = 60_000;

/** What is wrong with a text; a newer text gives up the question about the one before. */
function useFaults(yaml: string): { faults?: Fault[] | undefined; problem?: Problem | undefined } {
  const [known, setKnown] = useState<{ yaml?: string; faults?: Fault[]; problem?: Problem }>({});
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const check = async () => {
      const question = new AbortController();
      const giveUp = () => question.abort();
      abort.signal.addEventListener('abort', giveUp);
      const late = window.setTimeout(giveUp, LATE_MILLIS);
      try {
        const { faults } = await request<{ faults: Fault[] }>('/models:validate', { body: yaml, type: 'application/yaml', signal: question.signal });
        setKnown({ yaml, faults });
      } catch (failure) {
        if (abort.signal.aborted) return;
        const problem = question.signal.aborted
          ? new Problem(503, 'LATE', 'The file could not be checked in a minute.', '')
          : (failure as Problem);
        setKnown({ yaml, problem: retried(problem) });
        if (problem.away) timer = window.setTimeout(check, AGAIN_MILLIS);
      } finally {
        clearTimeout(late);
        abort.signal.removeEventListener('abort', giveUp);
      }
    };
    timer = window.setTimeout(check, PAUSE_MILLIS);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [yaml]);
  // What was found of another text says nothing of this one.
  return known.yaml === yaml ? known : {};
}

/** What the editor's text is compared with. */
interface Base {
  yaml: string;
  hash: string;
  /** A version that was applied last and is not in force yet. */
  waiting?: Version;
}

/** For what. */
const WAITS: Partial<Record<Version['state'], string>> = {
  PENDING: 'waits for a recompute or a backfill to compute its history',
  BUILDING: 'waits for its history, which is being computed',
  READY: 'waits to be promoted',
};

/** The version that was applied last, be it in force or on its way there. */
function baseOf({ yaml, hash }: Model, versions: Version[] | undefined): Base {
  const [last] = (versions ?? [])
    .filter(({ state }) => WAITS[state])
    .sort((left, right) => right.version - left.version);
  return last ? { yaml: last.yaml ?? yaml, hash: last.hash, waiting: last } : { yaml, hash };
}

function Editor({ model, base, applied }: { model: string; base: Base; applied: () => void }) {
  const [draft, write] = useModelDraft(model, base);
  // The versions follow what was applied a little later.
  const [ahead, setAhead] = useState<string>();
  useEffect(() => setAhead(undefined), [base.hash]);
  const before = ahead ?? base.yaml;
  const yaml = draft?.yaml ?? before;
  const [asking, setAsking] = useState(false);
  const [problem, attempt] = useAttempt();
  const [said, setSaid] = useState('');
  const [applying, setApplying] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  const { faults, problem: unknown } = useFaults(yaml);
  const changed = changes(before, yaml);
  const goTo = (line: number) => {
    if (!text.current) return;
    const lines = yaml.split('\n');
    const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    text.current.focus();
    text.current.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  const apply = async () => {
    setAsking(false);
    setSaid('');
    setApplying(true);
    await attempt(async () => {
      const { inForce } = await request<{ inForce: boolean }>(`/models/${encodeURIComponent(model)}`, {
        method: 'PUT',
        body: yaml,
        type: 'application/yaml',
      });
      setAhead(yaml);
      write(undefined);
      applied();
      setSaid(
        inForce
          ? 'Applied: answers are given with it.'
          : 'Stored as the next version. Answers are given with the one before until its history is computed: start a recompute or a backfill.',
      );
    });
    setApplying(false);
  };
  return (
    <Panel
      title="Model file"
      aside={
        <span class="actions">
          {yaml !== before && (
            <button type="button" onClick={() => write(undefined)}>
              Undo
            </button>
          )}
          <button type="button" class="primary" disabled={applying || yaml === before || (faults !== undefined && faults.length > 0)} onClick={() => setAsking(true)}>
            {applying ? 'Applying…' : 'Apply…'}
          </button>
        </span>
      }
    >
      <div class="editor">
        <textarea
          ref={text}
          aria-label="Model file"
          spellcheck={false}
          value={yaml}
          rows={Math.min(36, Math.max(16, yaml.split('\n').length))}
          readOnly={applying}
          onInput={(event) => write(event.currentTarget.value === before ? undefined : event.currentTarget.value)}
        />
        <div class="faults" aria-live="polite">
          {base.waiting && (
            <p class="hint">
              Version {base.waiting.version} was applied last and {WAITS[base.waiting.state]}. Until then answers are given with the version in force.
            </p>
          )}
          {draft && <DraftNote draft={draft} base={base} />}
          {unknown ? (
            unknown.offline ? <Badge state="queued">not checked</Badge> : <ProblemNote problem={unknown} />
          ) : faults === undefined ? (
            <Badge state="running">checking…</Badge>
          ) : faults.length === 0 ? (
            <Badge state="succeeded">valid</Badge>
          ) : (
            <>
              <Badge state="failed">{faults.length === 1 ? '1 fault' : `${faults.length} faults`}</Badge>
              <ol>
                {faults.map((fault, index) => (
                  <li key={index}>
                    <button type="button" class="quiet" onClick={() => goTo(fault.line)}>
                      line {fault.line}
                    </button>{' '}
                    {fault.problem} <em>{fault.remedy}</em>
                  </li>
                ))}
              </ol>
            </>
          )}
          {changed.length > 0 && (
            <>
              <h3>Changed lines</h3>
              <pre class="diff" tabIndex={0} aria-label="Changed lines">
                {changed.map(({ sign, line }, index) => (
                  <span key={index} class={sign === '+' ? 'added' : 'removed'}>
                    {sign} {line}
                    {'\n'}
                  </span>
                ))}
              </pre>
            </>
          )}
        </div>
      </div>
      {problem && <ProblemNote problem={problem} />}
      {said && <div class="note good" role="status">{said}</div>}
      {asking && (
        <Confirm title={`Apply this file to ${model}?`} action="Apply" onConfirm={apply} onCancel={() => setAsking(false)}>
          <p>
            What needs no history computed anew counts from the next answer on. Anything else is stored as the next version, and the one before
            stays in force until a recompute or backfill has computed its history.
          </p>
        </Confirm>
      )}
    </Panel>
  );
}

function DraftNote({ draft, base }: { draft: ModelDraft; base: Base }) {
  return (
    <>
      <p class="hint">Draft kept from {dated(draft.begunAt)}, in this tab, until it is applied or undone.</p>
      {draft.hash !== base.hash && (
        <div class="note away">
          The model {base.waiting ? 'that was applied last' : 'in force'} has changed since this draft was begun. What the draft does not have of that change is taken back by applying it.
        </div>
      )}
    </>
  );
}

/** The lines that differ between two texts, by their longest common subsequence. */
function changes(before: string, after: string): { sign: '+' | '-'; line: string }[] {
  if (before === after) return [];
  const left = before.split('\n');
  const right = after.split('\n');
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  const length = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      (lengths[row] as Uint16Array)[column] =
        left[row] === right[column] ? length(row + 1, column + 1) + 1 : Math.max(length(row + 1, column), length(row, column + 1));
    }
  }
  const found: { sign: '+' | '-'; line: string }[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      row++;
      column++;
    } else if (column >= right.length || (row < left.length && length(row + 1, column) >= length(row, column + 1))) {
      found.push({ sign: '-', line: left[row++] ?? '' });
    } else {
      found.push({ sign: '+', line: right[column++] ?? '' });
    }
  }
  return found;
}
