import { useState } from 'preact/hooks';
import {
  type Accuracy,
  type DriftRow,
  type Model,
  MOST,
  type Polled,
  type Quarantine,
  request,
  type Restatement,
  settled,
  useAttempt,
  usePolled,
  useRestatements,
} from './api';
import { href } from './route';
import type { PageProps } from './main';
import { count, figure, numberOf, rounded } from './numbers';
import { label, moment, zoneName } from './times';
import { Away, Badge, Confirm, Empty, Heads, Lacking, Loading, Panel, ProblemNote, Select, TableFrame, words } from './ui';

/** How wrong live answers were, and what became of records that could not be read. */
export function Drift({ model }: PageProps) {
  const base = `/models/${encodeURIComponent(model.name)}`;
  const [cause, setCause] = useState('');
  const [metric, setMetric] = useState('');
  const restatements = useRestatements(model.name, [], 10_000);
  const drift = usePolled<{ data: DriftRow[] }>(`${base}/drift?limit=${MOST}`, 10_000);
  const accuracy = usePolled<Accuracy>(`${base}/accuracy?limit=0`, 10_000);
  const quarantine = usePolled<Quarantine>(`${base}/quarantine?limit=100`, 5_000);
  const chosen = Object.entries({ cause, metric }).filter(([, value]) => value !== '');
  const some = useRestatements(model.name, chosen.length > 0 ? chosen : null, 10_000);
  const summary = Object.entries(restatements.value?.summary ?? {}).filter(([, number]) => number > 0);
  const shown = chosen.length > 0 ? some : restatements;
  if (!settled(restatements, drift, accuracy, quarantine)) return <Loading lines={10} />;
  return (
    <>
      <h1 class="hidden">Drift of {model.name}</h1>
      <Away of={[restatements, drift, accuracy, quarantine]} />
      <Panel title="Restated numbers by day">
        {restatements.value ? (
          <>
            {restatements.value.faults.map((fault) => (
              <div class="note bad" key={`${fault.at} ${fault.generation}`}>
                Generation {fault.generation} of {moment(fault.at)} could not be compared with what was served before it: {fault.fault}
              </div>
            ))}
            <HeatMap data={restatements.value.data} compared={restatements.value.faults.length === 0} model={model} />
          </>
        ) : (
          <Unkept of={restatements} />
        )}
      </Panel>
      {(summary.length > 0 || chosen.length > 0) && (
        <Panel
          title="Restatements"
          aside={
            <span class="actions">
              <Select
                bare
                label="Cause"
                value={cause}
                options={[
                  { value: '', text: 'all causes' },
                  ...summary.map(([value, number]) => ({ value, text: `${words(value)} (${count(number)})` })),
                ]}
                onChange={setCause}
              />
              <Select
                bare
                label="Metric"
                value={metric}
                options={[{ value: '', text: 'all metrics' }, ...model.metrics.map(({ name }) => name)]}
                onChange={setMetric}
              />
            </span>
          }
        >
          {shown.value && shown.value.data.length === MOST && <p class="hint">The newest {MOST} are shown{chosen.length === 0 && ', here and by day'}; the API and the Delta table have all.</p>}
          {shown.value ? <RestatementTable data={shown.value.data} model={model} /> : <Unkept of={shown} />}
        </Panel>
      )}
      <LivePanel drift={drift} />
      <AccuracyPanel accuracy={accuracy} />
      <QuarantinePanel model={model.name} quarantine={quarantine} />
    </>
  );
}

function Unkept({ of }: { of: Polled<unknown> }) {
  if (of.problem?.status !== 404) return <Lacking of={of} />;
  return (
    <Empty title="This platform keeps no restatements.">
      They come with reconciliation: every publication is compared with what was served before it, and each number that moved is
      listed here with its cause.
    </Empty>
  );
}

/** By how much a number moved, as a share of what it became. */
function share({ before, after }: Restatement): number {
  const from = numberOf(before) ?? 0;
  const to = numberOf(after) ?? 0;
  return from === to ? 0 : Math.abs(to - from) / Math.max(Math.abs(from), Math.abs(to));
}

/** A rollup's buckets are those of its zone. */
const zoneOfRollup = ({ rollups }: Model, wanted: string): string => zoneName(rollups.find(({ name }) => name === wanted)?.zone ?? 'UTC');

interface Heat {
  most: number;
  number: number;
}

function HeatMap({ data, compared, model }: { data: Restatement[]; compared: boolean; model: Model }) {
  if (data.length === 0) {
    return (
      <Empty title="No number was restated.">
        {compared && 'Every exact answer is what was served live before.'} <a href={href('jobs', { model: model.name })}>A recompute</a> compares
        again.
      </Empty>
    );
  }
  const dayOf = ({ rollup, bucket }: Restatement): string => label(Date.parse(bucket), 'day', zoneOfRollup(model, rollup));
  const cells = new Map<string, Heat>();
  for (const restatement of data) {
    const key = `${restatement.metric} ${dayOf(restatement)}`;
    const before = cells.get(key);
    cells.set(key, { most: Math.max(before?.most ?? 0, share(restatement)), number: (before?.number ?? 0) + 1 });
  }
  const days = [...new Set(data.map(dayOf))].sort().slice(-31);
  const metrics = [...new Set(data.map(({ metric }) => metric))].sort();
  return (
    <TableFrame label="Restated numbers by day and metric">
      <Heads heads={['metric', ...days.map((day) => day.slice(5))]} />
      <tbody>
        {metrics.map((metric) => (
          <tr key={metric}>
            <th scope="row">{metric}</th>
            {days.map((day) => {
              const heat = cells.get(`${metric} ${day}`);
              const level = heat ? 1 + Math.min(4, Math.floor(heat.most * 10)) : 0;
              return (
                <td key={day} class={`heat level-${level}`} title={heat ? `${heat.number} numbers, by up to ${(heat.most * 100).toFixed(1)} %` : 'none'}>
                  {heat ? `${(heat.most * 100).toFixed(heat.most < 0.1 ? 1 : 0)} %` : ''}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

function RestatementTable({ data, model }: { data: Restatement[]; model: Model }) {
  const typeOf = ({ metric }: Restatement) => model.metrics.find(({ name }) => name === metric)?.valueType;
  if (data.length === 0) return <Empty title="No restated number is of this metric and cause." />;
  return (
    <TableFrame label="Numbers that were restated" tall>
      <Heads
        heads={[
          'bucket',
          'metric',
          'of',
          { text: 'before', number: true },
          { text: 'after', number: true },
          'causes',
          { text: 'generation', number: true },
          'at',
        ]}
      />
      <tbody>
        {data.map((each) => (
          <tr key={JSON.stringify(each)} class={each.causes.some(({ cause }) => cause === 'unexplained') ? 'bad' : ''}>
            <td title={zoneOfRollup(model, each.rollup)}>{moment(each.bucket, zoneOfRollup(model, each.rollup))}</td>
            <td>{each.metric}</td>
            <td>
              {Object.entries(each.dimensions ?? {})
                .map(([name, value]) => `${name} ${value ?? 'null'}`)
                .join(', ') || 'all'}
            </td>
            <td class="number">{figure(each.before, typeOf(each))}</td>
            <td class="number">{figure(each.after, typeOf(each))}</td>
            <td>
              {each.causes.map(({ cause, delta }) => (
                <Badge key={cause} state={cause === 'unexplained' ? 'failed' : 'queued'}>
                  {words(cause)} {(numberOf(delta) ?? 0) > 0 ? '+' : ''}
                  {figure(delta, typeOf(each))}
                </Badge>
              ))}
            </td>
            <td class="number">{each.generation}</td>
            <td>{moment(each.at)}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

/** How near to the truth numbers were that users saw before they were exact. */
function AccuracyPanel({ accuracy }: { accuracy: Polled<Accuracy> }) {
  const { value } = accuracy;
  return (
    <Panel title="Answers that users saw">
      {!value ? (
        <Lacking of={accuracy} />
      ) : value.data.length === 0 ? (
        <Empty title="No answer has been checked yet.">
          Some answers are kept, and computed again from the archive once a recompute or a reconciliation has run; {count(value.waiting)} wait for
          that.
        </Empty>
      ) : (
        <>
          <p class="hint">
            {count(value.checked)} answers were computed again over the very records that they had counted; {count(value.waiting)} wait for that
            {value.skipped > 0 && `, ${count(value.skipped)} could not be`}.
          </p>
          <TableFrame label="Accuracy by metric">
            <Heads
              heads={[
                'metric',
                { text: 'numbers', number: true },
                { text: 'right', number: true },
                { text: 'mean error', number: true },
                { text: 'worst', number: true },
                { text: 'estimates', number: true },
                { text: 'truth within bounds', number: true },
              ]}
            />
            <tbody>
              {value.data.map((row) => (
                <tr key={row.metric}>
                  <th scope="row">{row.metric}</th>
                  <td class="number">{count(row.numbers)}</td>
                  <td class="number">{count(row.right)}</td>
                  <td class="number">{percent(row.meanError)}</td>
                  <td class="number">{percent(row.worst)}</td>
                  <td class="number">{count(row.estimated)}</td>
                  <td class="number">{row.estimated > 0 ? percent(row.inside / row.estimated) : '–'}</td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        </>
      )}
    </Panel>
  );
}

const wrong = ({ missing, extra, different }: DriftRow): number => missing + extra + different;
const percent = (share: number | null): string => (share === null ? '–' : `${rounded(Math.round(share * 1e4) / 1e2)} %`);

/** What the speed job had counted, against what the archive says of the same records. */
function LivePanel({ drift }: { drift: Polled<{ data: DriftRow[] }> }) {
  const all = drift.value?.data ?? [];
  const drifted = all.filter((row) => wrong(row) > 0);
  const cells = all.reduce((sum, row) => sum + row.cells, 0);
  return (
    <Panel title="Live views against the archive">
      {!drift.value ? (
        <Unkept of={drift} />
      ) : drifted.length === 0 ? (
        <Empty title={all.length === 0 ? 'Nothing has been compared yet.' : 'Live views were right.'}>
          {all.length === 0
            ? 'Whenever a part from the archive replaces live micro-batches, each of their numbers is compared.'
            : `${count(cells)} numbers of live views were compared with the archive when it took their place.`}
        </Empty>
      ) : (
        <TableFrame label="Drift of live views" tall>
          <Heads
            heads={[
              'at',
              'occasion',
              'rollup',
              'metric',
              { text: 'compared', number: true },
              { text: 'missing', number: true },
              { text: 'extra', number: true },
              { text: 'different', number: true },
              { text: 'off by', number: true },
              { text: 'SMAPE', number: true },
            ]}
          />
          <tbody>
            {drifted.map((row) => (
              <tr key={`${row.at} ${row.generation} ${row.rollup} ${row.metric}`}>
                <td>{moment(row.at)}</td>
                <td>{words(row.occasion)}</td>
                <td>{row.rollup}</td>
                <td>{row.metric}</td>
                <td class="number">{count(row.cells)}</td>
                <td class="number">{count(row.missing)}</td>
                <td class="number">{count(row.extra)}</td>
                <td class="number">{count(row.different)}</td>
                <td class="number">{percent(row.relative)}</td>
                <td class="number">{rounded(Math.round(row.smape * 1e4) / 1e4)}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Panel>
  );
}

function QuarantinePanel({ model, quarantine }: { model: string; quarantine: Polled<Quarantine> }) {
  const [asking, setAsking] = useState(false);
  const [begun, setBegun] = useState(false);
  const [problem, attempt] = useAttempt();
  const reprocess = () => {
    setAsking(false);
    setBegun(false);
    return attempt(async () => {
      await request(`/models/${encodeURIComponent(model)}/quarantine:reprocess`, { method: 'POST' });
      setBegun(true);
    });
  };
  const total = quarantine.value?.total ?? 0;
  return (
    <Panel
      title={quarantine.value ? `Quarantine: ${count(total)}` : 'Quarantine'}
      aside={
        total > 0 && (
          <button type="button" onClick={() => setAsking(true)}>
            Reprocess…
          </button>
        )
      }
    >
      {asking && (
        <Confirm title={`Read all history of ${model} again?`} action="Reprocess" onConfirm={reprocess} onCancel={() => setAsking(false)}>
          <p>
            The version of {model} that was applied last is put in force for all history. Records that it can read count from then on and leave
            the quarantine; mend and apply the model file first.
          </p>
        </Confirm>
      )}
      {problem && <ProblemNote problem={problem} />}
      {begun && (
        <div class="note good" role="status">
          A job reads all history again; what the model can read leaves the quarantine when it has. <a href={href('jobs', { model })}>Follow it</a>
        </div>
      )}
      {quarantine.value ? (
        total === 0 ? (
          <Empty title="Nothing is quarantined.">Every record could be read.</Empty>
        ) : (
          <TableFrame label="Quarantined records" tall>
            <Heads heads={['arrived', { text: 'partition', number: true }, { text: 'offset', number: true }, 'reason', 'record']} />
            <tbody>
              {quarantine.value.data.map((record) => (
                <tr key={`${record.partition} ${record.offset}`}>
                  <td>{moment(record.arrivedAt)}</td>
                  <td class="number">{record.partition}</td>
                  <td class="number">{record.offset}</td>
                  <td class="wide">{record.reason}</td>
                  <td class="raw">
                    <code title={record.raw}>{record.raw}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        )
      ) : (
        <Lacking of={quarantine} />
      )}
    </Panel>
  );
}
