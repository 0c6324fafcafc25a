import { useEffect, useRef, useState } from 'preact/hooks';
import {
  type Accuracy,
  addsUp,
  type Answer,
  cell,
  type DriftRow,
  type Model,
  MOST,
  type Polled,
  type Quarantine,
  request,
  type Restatement,
  type Restatements,
  type Rollup,
  settled,
  useAttempt,
  usePolled,
  useRestatements,
} from './api';
import { href } from './route';
import type { PageProps } from './main';
import { count, figure, numberOf, parseCells, rounded } from './numbers';
import { GRANULARITIES, type Granularity, iso, label, midnight, zoneName } from './times';
import { Away, Badge, Confirm, dated, Empty, Heads, HERE, Lacking, Loading, Panel, ProblemNote, Select, TableFrame, words } from './ui';

/** How wrong live answers were, and what became of records that could not be read. */
export function Drift({ model, status }: PageProps) {
  const base = `/models/${encodeURIComponent(model.name)}`;
  const [cause, setCause] = useState('');
  const [metric, setMetric] = useState('');
  const restatements = useRestatements(model.name, [], 10_000);
  const days = useDays(model, restatements);
  const drift = usePolled<{ data: DriftRow[] }>(`${base}/drift?limit=${MOST}`, 10_000);
  const accuracy = usePolled<Accuracy>(`${base}/accuracy?limit=0`, 10_000);
  const quarantine = usePolled<Quarantine>(`${base}/quarantine?limit=100`, 5_000);
  const chosen = Object.entries({ cause, metric }).filter(([, value]) => value !== '');
  const some = useRestatements(model.name, chosen.length > 0 ? chosen : null, 10_000);
  const summary = Object.entries(restatements.value?.summary ?? {}).filter(([, number]) => number > 0);
  const shown = chosen.length > 0 ? some : restatements;
  const progress = status?.models.find((each) => each.model === model.name);
  if (!settled(restatements, days, drift, accuracy, quarantine)) return <Loading lines={10} />;
  return (
    <>
      <h1 class="hidden">Drift of {model.name}</h1>
      <Away of={[restatements, drift, accuracy, quarantine]} />
      <Panel title="Restated numbers by day">
        <RestatedDays {...{ model, restatements, days, generation: progress?.generation }} />
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
          {shown.value && shown.value.data.length === MOST && <p class="hint">The newest {MOST} are shown; the API and the Delta table have all.</p>}
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

/** A rollup's buckets are those of its zone. */
const zoneOfRollup = ({ rollups }: Model, wanted: string): string => zoneName(rollups.find(({ name }) => name === wanted)?.zone ?? 'UTC');

/** Restatements that days are made of. */
const MOST_OF_DAYS = 5_000;

/** Days that are shown. */
const MOST_DAYS = 31;

/** Of the rollups, that whose cells hold most: what moved in it is told in the fewest restatements. */
function coarsest({ rollups }: Model): Rollup | undefined {
  const grain = ({ granularity }: Rollup) => GRANULARITIES.indexOf(granularity as Granularity);
  const day = GRANULARITIES.indexOf('day');
  return [...rollups].sort(
    (left, right) =>
      Number(grain(left) > day) - Number(grain(right) > day) || grain(right) - grain(left) || left.dimensions.length - right.dimensions.length,
  )[0];
}

/** Restatements of one rollup by their days, beside the numbers of those. */
interface Days {
  rollup: Rollup;
  moved: Restatements;
  all: string[];
  shown: string[];
  metrics: string[];
  /** Those of the metrics that add up. */
  added: string[];
  /** Whole days as they are answered now; without them what was restated stands for itself. */
  whole: Answer | undefined;
}

function useDays(model: Model, restatements: Polled<Restatements>): Polled<Days> {
  const rollup = coarsest(model);
  const parameters = { limit: String(MOST_OF_DAYS), rollup: rollup?.name ?? '' };
  const moved = usePolled<Restatements>(
    rollup ? `/models/${encodeURIComponent(model.name)}/restatements?${new URLSearchParams(parameters)}` : null,
    300_000,
    parseCells,
  );
  // Many rows, which only a publication changes.
  const published = restatements.value && JSON.stringify([restatements.value.summary, restatements.value.data[0]]);
  const known = useRef(published);
  useEffect(() => {
    if (known.current !== undefined && known.current !== published) moved.again();
    known.current = published;
  }, [published]);
  const data = moved.value?.data ?? [];
  const all = [...new Set(data.map((each) => dayOf(model, each)))].sort();
  const shown = all.slice(-MOST_DAYS);
  const metrics = [...new Set(data.map(({ metric }) => metric))].sort();
  const added = metrics.filter((name) => addsUp(model.metrics.find((metric) => metric.name === name)));
  const whole = usePolled<Answer>(rollup && added.length > 0 ? wholeDays(model, rollup, added, shown) : null, 60_000, parseCells);
  // While the next are on their way the last ones stay.
  const last = useRef<Days>();
  if (rollup && moved.value && (added.length === 0 || settled(whole))) {
    last.current = { rollup, moved: moved.value, all, shown, metrics, added, whole: whole.value };
  }
  return { value: last.current, problem: moved.problem, again: moved.again };
}

/** The address of the numbers of whole days. */
function wholeDays(model: Model, rollup: Rollup, metrics: string[], days: string[]): string {
  const zone = zoneName(rollup.zone);
  const bound = (day: string | undefined, more: number): string => {
    const [year = 0, month = 0, date = 0] = (day ?? '').split('-').map(Number);
    return iso(midnight(year, month, date + more, zone));
  };
  const parameters = { model: model.name, metrics: metrics.join(','), granularity: 'day', from: bound(days[0], 0), to: bound(days.at(-1), 1), zone };
  return `/query?${new URLSearchParams(parameters)}`;
}

const dayOf = (model: Model, { rollup, bucket }: Restatement): string => label(Date.parse(bucket), 'day', zoneOfRollup(model, rollup));

function RestatedDays(props: { model: Model; restatements: Polled<Restatements>; days: Polled<Days>; generation: number | undefined }) {
  const { model, restatements, days, generation } = props;
  if (!restatements.value) return <Unkept of={restatements} />;
  if (!days.value) return <Unkept of={days} />;
  const { rollup, moved } = days.value;
  const { data, faults } = moved;
  return (
    <>
      {faults.map((fault) => (
        <div class="note bad" key={`${fault.at} ${fault.generation}`}>
          Generation {fault.generation} of {dated(fault.at)} ({HERE}) could not be compared with what was served before it: {fault.fault}
        </div>
      ))}
      {data.length > 0 ? (
        <HeatMap model={model} days={days.value} />
      ) : generation === 0 ? (
        <Empty title="Nothing has been published yet.">
          Numbers are restated when exact ones take the place of those that were served before. <a href={href('jobs', { model: model.name })}>A recompute</a>{' '}
          publishes the first.
        </Empty>
      ) : restatements.value.data.length > 0 ? (
        <Empty title={`No number of the rollup ${rollup.name} was restated.`}>Those of other rollups that moved are below.</Empty>
      ) : (
        <Empty title="No number was restated.">
          {faults.length === 0 && 'Every exact answer is what was served live before.'} <a href={href('jobs', { model: model.name })}>A recompute</a>{' '}
          compares again.
        </Empty>
      )}
    </>
  );
}

/** Of a metric's numbers of a day, all cells taken together. */
interface Heat {
  cells: number;
  moved: number;
  /** The larger of what each was and is. */
  size: number;
}

/** Above each of them a share has the next colour. */
const BOUNDS = [0.001, 0.01, 0.05, 0.2, 0.5];
const levelOf = (share: number): number => 1 + BOUNDS.filter((bound) => share > bound).length;

function HeatMap({ model, days: { rollup, moved, all, shown, metrics, added, whole } }: { model: Model; days: Days }) {
  const { data } = moved;
  const heats = heatsOf(model, data);
  const published = data.map(({ at }) => at).sort();
  return (
    <>
      <p class="hint">
        How far restatements have moved each day: counts and sums as a share of the day&apos;s number; other metrics, which do not add up, as a share
        of the cells that moved. From{' '}
        {data.length === MOST_OF_DAYS ? (
          <strong>the newest {count(data.length)} restatements alone; earlier ones are left out, of the same days too,</strong>
        ) : (
          `all ${count(data.length)} restatements`
        )}{' '}
        of the rollup {rollup.name}, published from {dated(published[0])} to {dated(published.at(-1))} ({HERE}); days are of {zoneName(rollup.zone)}
        {all.length > shown.length && `; ${count(all.length - shown.length)} earlier ones are not shown`}.
      </p>
      <TableFrame label="Restated numbers by day and metric">
        <Heads heads={['metric', ...shown.map((day) => day.slice(5))]} />
        <tbody>
          {metrics.map((metric) => (
            <tr key={metric}>
              <th scope="row">
                {metric} {!added.includes(metric) && <small>of cells that moved</small>}
              </th>
              {shown.map((day) => {
                const heat = heats.get(`${metric} ${day}`);
                if (!heat) return <td key={day} class="heat" title={`${metric} of ${day}: not restated`} />;
                const now = whole?.data.find((row) => label(Date.parse(String(row.time)), 'day', zoneName(rollup.zone)) === day);
                const total = Math.abs(numberOf(now && cell(now, metric)) ?? 0);
                const share = heat.size === 0 ? 0 : heat.moved / Math.max(heat.size, total);
                const what = `${metric} of ${day}: ${count(heat.cells)} ${heat.cells === 1 ? 'cell' : 'cells'} moved`;
                return (
                  <td
                    key={day}
                    class={`heat level-${levelOf(share)}`}
                    title={added.includes(metric) && total > 0 ? `${what}, by ${rounded(heat.moved)} of ${rounded(total)}` : what}
                  >
                    {share > 0 && share < 0.0005 ? '< 0.1 %' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </TableFrame>
      <ul class="scale" aria-label="Colours">
        {[...BOUNDS, undefined].map((bound, index) => (
          <li key={index}>
            <i class={`level-${index + 1}`} />
            {bound === undefined ? `above ${(BOUNDS.at(-1) ?? 0) * 100} %` : `to ${bound * 100} %`}
          </li>
        ))}
      </ul>
    </>
  );
}

/** By metric and day. A cell that was restated there and back has not moved; what it grew by in between is no restatement. */
function heatsOf(model: Model, data: Restatement[]): Map<string, Heat> {
  const cells = new Map<string, { key: string; by: number; now: number }>();
  // The newest come first.
  for (const each of data) {
    const name = JSON.stringify([each.rollup, each.metric, each.bucket, each.dimensions]);
    const now = numberOf(each.after) ?? 0;
    const by = now - (numberOf(each.before) ?? 0);
    const later = cells.get(name);
    if (later) later.by += by;
    else cells.set(name, { key: `${each.metric} ${dayOf(model, each)}`, by, now });
  }
  const heats = new Map<string, Heat>();
  for (const { key, by, now } of cells.values()) {
    const heat = heats.get(key) ?? { cells: 0, moved: 0, size: 0 };
    heat.cells++;
    heat.moved += Math.abs(by);
    heat.size += Math.max(Math.abs(now - by), Math.abs(now));
    heats.set(key, heat);
  }
  return heats;
}

/** Which bucket, in the zone of its rollup. */
function bucketOf(model: Model, { rollup, bucket }: Restatement) {
  const granularity = model.rollups.find(({ name }) => name === rollup)?.granularity;
  const zone = zoneOfRollup(model, rollup);
  return (
    <>
      {label(Date.parse(bucket), granularity as Granularity | undefined, zone)} <small>{zone}{granularity && `, ${granularity}`}</small>
    </>
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
          `published (${HERE})`,
        ]}
      />
      <tbody>
        {data.map((each) => (
          <tr key={JSON.stringify(each)} class={each.causes.some(({ cause }) => cause === 'unexplained') ? 'bad' : ''}>
            <td>{bucketOf(model, each)}</td>
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
            <td>{dated(each.at)}</td>
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
              `at (${HERE})`,
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
                <td>{dated(row.at)}</td>
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
            <Heads heads={[`arrived (${HERE})`, { text: 'partition', number: true }, { text: 'offset', number: true }, 'reason', 'record']} />
            <tbody>
              {quarantine.value.data.map((record) => (
                <tr key={`${record.partition} ${record.offset}`}>
                  <td>{dated(record.arrivedAt)}</td>
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
