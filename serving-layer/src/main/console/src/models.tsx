import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AGAIN_MILLIS, type Fault, type Metric, type Model, type Problem, request, useAttempt } from './api';
import { type ModelDraft, useModelDraft } from './draft';
import type { PageProps } from './main';
import { zoneName } from './times';
import { Badge, Confirm, dated, Heads, Panel, ProblemNote, TableFrame } from './ui';
import { Versions } from './versions';

/** What a model says, and a place to change it with its faults shown as they are typed. */
export function Models({ model }: PageProps) {
  return (
    <>
      <h1 class="hidden">Model {model.name}</h1>
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
      <Editor model={model} />
      <Versions model={model.name} />
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

/** One question at a time, and the next about what the text is by then: each starts a process that analyses expressions. */
function useFaults(yaml: string): { faults?: Fault[] | undefined; problem?: Problem | undefined } {
  const [known, setKnown] = useState<{ yaml?: string; faults?: Fault[]; problem?: Problem }>({});
  const latest = useRef(yaml);
  const checking = useRef(false);
  const gone = useRef(new AbortController());
  useEffect(() => () => gone.current.abort(), []);
  const check = async () => {
    if (checking.current) return;
    checking.current = true;
    let text: string;
    let away: boolean;
    do {
      text = latest.current;
      away = false;
      try {
        const { faults } = await request<{ faults: Fault[] }>('/models:validate', { body: text, type: 'application/yaml', signal: gone.current.signal });
        setKnown({ yaml: text, faults });
      } catch (failure) {
        if (gone.current.signal.aborted) return;
        const problem = failure as Problem;
        setKnown({ yaml: text, problem });
        away = problem.away;
        if (away) await new Promise((resolve) => setTimeout(resolve, AGAIN_MILLIS));
      }
    } while (away || text !== latest.current);
    checking.current = false;
  };
  useEffect(() => {
    latest.current = yaml;
    const timer = window.setTimeout(check, PAUSE_MILLIS);
    return () => clearTimeout(timer);
  }, [yaml]);
  // What was found of another text says nothing of this one.
  return known.yaml === yaml ? known : {};
}

function Editor({ model }: { model: Model }) {
  const [draft, write] = useModelDraft(model);
  // The model in force follows what was applied a little later, or not yet.
  const [applied, setApplied] = useState<string>();
  useEffect(() => setApplied(undefined), [model.hash]);
  const yaml = draft?.yaml ?? applied ?? model.yaml;
  const [asking, setAsking] = useState(false);
  const [problem, attempt] = useAttempt();
  const [said, setSaid] = useState('');
  const [applying, setApplying] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  const { faults, problem: unknown } = useFaults(yaml);
  const changed = changes(model.yaml, yaml);
  const goTo = (line: number) => {
    if (!text.current) return;
    const lines = yaml.split('\n');
    const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    text.current.focus();
    text.current.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  const change = (text: string) => {
    setApplied(undefined);
    write(text);
  };
  const apply = async () => {
    setAsking(false);
    setSaid('');
    setApplying(true);
    await attempt(async () => {
      const { inForce } = await request<{ inForce: boolean }>(`/models/${encodeURIComponent(model.name)}`, {
        method: 'PUT',
        body: yaml,
        type: 'application/yaml',
      });
      setApplied(yaml);
      write(undefined);
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
          {yaml !== model.yaml && (
            <button type="button" onClick={() => change(model.yaml)}>
              Undo
            </button>
          )}
          <button type="button" class="primary" disabled={applying || yaml === model.yaml || faults === undefined || faults.length > 0} onClick={() => setAsking(true)}>
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
          onInput={(event) => change(event.currentTarget.value)}
        />
        <div class="faults" aria-live="polite">
          {draft && <DraftNote draft={draft} model={model} />}
          {unknown ? (
            <ProblemNote problem={unknown} />
          ) : faults === undefined ? (
            <Badge state="queued">checking…</Badge>
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
        <Confirm title={`Apply this file to ${model.name}?`} action="Apply" onConfirm={apply} onCancel={() => setAsking(false)}>
          <p>
            What needs no history computed anew counts from the next answer on. Anything else is stored as the next version, and the one before
            stays in force until a recompute or backfill has computed its history.
          </p>
        </Confirm>
      )}
    </Panel>
  );
}

function DraftNote({ draft, model }: { draft: ModelDraft; model: Model }) {
  return (
    <>
      <p class="hint">Draft kept from {dated(draft.begunAt)}, in this tab, until it is applied or undone.</p>
      {draft.hash !== model.hash && (
        <div class="note away">
          The model in force has changed since this draft was begun. What the draft does not have of that change is taken back by applying it.
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
