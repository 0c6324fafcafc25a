import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Alert, type Ledger, type LedgerFault, type LedgerRow, type Manifest, type Positions, type Quarantine, usePolled } from './api';
import type { PageProps } from './main';
import { href } from './route';
import { compact, count, rounded } from './numbers';
import { duration } from './times';
import { Away, Badge, dated, Empty, Heads, HERE, Lacking, Loading, Panel, ProblemNote, TableFrame, words } from './ui';

/** Where every record of a model is between its producer and an answer. */
export function Pipeline({ model, status }: PageProps) {
  const base = `/models/${encodeURIComponent(model.name)}`;
  const manifest = usePolled<Manifest>(`${base}/manifest`, 2_000);
  const ledger = usePolled<Ledger>(`${base}/ledger`, 5_000);
  const quarantine = usePolled<Quarantine>(`${base}/quarantine?limit=0`, 5_000);
  const alerts = usePolled<{ data: Alert[] }>(`${base}/alerts`, 5_000);
  return (
    <>
      <h1 class="hidden">Pipeline of {model.name}</h1>
      <Away of={[manifest, ledger]} />
      {manifest.problem && !manifest.problem.away && <ProblemNote problem={manifest.problem} />}
      {alerts.value && <Firing alerts={alerts.value.data.filter(({ state }) => state === 'FIRING')} model={model.name} />}
      <Flow {...{ model, status, manifest: manifest.value, quarantined: quarantine.value?.total }} />
      <Panel title="Parts">
        {status ? (
          status.parts.length > 0 ? (
            <ul class="parts">
              {status.parts.map((part) => (
                <li key={part.name}>
                  <strong>{part.name}</strong> <Badge state={part.state} />
                  <small>{part.silent ? 'does not answer' : part.pid === null ? 'no process' : `pid ${part.pid}`}</small>
                </li>
              ))}
            </ul>
          ) : (
            <Empty title="The parts run elsewhere.">This platform was not started by a launcher, so something else watches its processes.</Empty>
          )
        ) : (
          <Loading lines={2} />
        )}
      </Panel>
      <Panel title="Ledger" aside={ledger.value && <Balance ledger={ledger.value} />}>
        {ledger.value && ledger.value.faults.length > 0 && <Faults faults={ledger.value.faults} />}
        {ledger.value ? <LedgerTable ledger={ledger.value} /> : ledger.problem ? <Lacking of={ledger} /> : <Loading />}
      </Panel>
    </>
  );
}

/** In the unit of what is measured. */
const measured = (alert: string, value: number): string =>
  alert === 'freshness' ? duration(value * 1000) : ['drift', 'quarantine'].includes(alert) ? `${rounded(Math.round(value * 1e4) / 1e2)} %` : count(value);

/** Those that the page Drift tells more about; of the others this page does. */
const OF_DRIFT = ['drift', 'quarantine', 'unexplained', 'uncompared'];

function Firing({ alerts, model }: { alerts: Alert[]; model: string }) {
  if (alerts.length === 0) return null;
  return (
    <div class="note bad" role="alert">
      {alerts.map(({ alert, metric, value, threshold, since }) => (
        <p key={`${alert} ${metric}`}>
          <strong>
            {words(alert)}
            {metric && ` of ${metric}`}
          </strong>
          : {value === null ? '–' : measured(alert, value)}, where {measured(alert, threshold)} is the most that is tolerated; since {dated(since)} ({HERE}).{' '}
          {OF_DRIFT.includes(alert) && <a href={href('drift', { model })}>Look at Drift</a>}
        </p>
      ))}
    </div>
  );
}

const KINDS: Record<string, string> = { LIVE: 'live', FOLD: 'folded', ARCHIVE: 'from the archive', HOLE: 'lost' };

/** Of which kinds the parts are, and how many of each. */
function kindsOf(parts: Manifest['parts']): string {
  const numbers = Object.entries(KINDS)
    .map(([kind, text]) => ({ text, number: parts.filter((part) => part.kind === kind).length }))
    .filter(({ number }) => number > 0)
    .map(({ text, number }) => `${number} ${text}`);
  return `parts: ${numbers.join(', ')}`;
}

const total = (positions: Positions): number =>
  Object.values(positions).reduce((sum, topic) => sum + Object.values(topic).reduce((part, offset) => part + offset, 0), 0);

/**
 * How fast a number grows, by what was seen of it in the last seconds.
 *
 * @param sample that the number was read from: another one each time
 */
function useRate(value: number | undefined, sample: unknown): number | undefined {
  const seen = useRef<{ at: number; value: number }[]>([]);
  const [rate, setRate] = useState<number>();
  useEffect(() => {
    if (value === undefined) return;
    const now = performance.now();
    seen.current = [...seen.current.filter(({ at }) => now - at < 60_000), { at: now, value }];
    const first = seen.current[0];
    if (first && now - first.at > 1_500) setRate(((value - first.value) / (now - first.at)) * 1000);
  }, [sample]);
  return rate === undefined ? undefined : Math.max(0, rate);
}

function Flow(props: { model: PageProps['model']; status: PageProps['status']; manifest: Manifest | undefined; quarantined: number | undefined }) {
  const { model, status, manifest, quarantined } = props;
  const progress = status?.models.find((each) => each.model === model.name);
  const counted = manifest && total(manifest.end);
  const archived = manifest && total(manifest.archived);
  const countedRate = useRate(counted, manifest);
  const archivedRate = useRate(archived, manifest);
  const live = manifest?.parts.reduce((sum, part) => sum + part.records, 0);
  const state = (part: string) => status?.parts.find((each) => each.name === part)?.state;
  const perSecond = (rate: number | undefined) => (rate === undefined ? '–' : `${compact(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))}/s`);
  return (
    <section class="flow" aria-label="From event to answer">
      <div class="producers">producers</div>
      <Arrow at="in" />
      <Stage name="Kafka" at="kafka" state={state('kafka')} sub={`topic ${model.source.topic}`}>
        <Fact name="records" value={progress?.lagEvents == null || counted === undefined ? '–' : compact(counted + progress.lagEvents)} />
      </Stage>
      <Arrow at="up" />
      <Arrow at="down" />
      <Stage name="Speed job" at="speed" state={state('speed')} sub="live parts, within a second">
        <Fact name="rate" value={perSecond(countedRate)} />
        <Fact name="lag" value={count(progress?.lagEvents)} bad={(progress?.lagEvents ?? 0) > 100_000} />
      </Stage>
      <Stage name="Archiver" at="archiver" state={state('archiver')} sub="Delta archive, the truth">
        <Fact name="rate" value={perSecond(archivedRate)} />
        <Fact name="lag" value={count(progress?.archiveLagEvents)} />
        <Fact name="quarantined" value={count(quarantined)} />
      </Stage>
      <Arrow at="live" />
      <Arrow at="batch" />
      <div class="bridge" aria-hidden="true">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none">
          <path d="M0 75C70 75 30 33 100 33" vector-effect="non-scaling-stroke" />
        </svg>
      </div>
      <Stage name="After the cut" at="live-part" sub={manifest && manifest.parts.length > 0 ? kindsOf(manifest.parts) : 'provisional'}>
        <Fact name="records" value={compact(live)} />
      </Stage>
      <Stage name="Generation" at="generation" sub={manifest?.publishedAt ? `published ${dated(manifest.publishedAt)} (${HERE})` : 'exact, once one is published'}>
        <Fact name="number" value={manifest ? String(manifest.generation || 'none yet') : '–'} />
        <Fact name="records" value={manifest ? compact(total(manifest.cut)) : '–'} />
      </Stage>
      <Arrow at="merge-up" />
      <Arrow at="merge-down" />
      <Stage name="Answers" at="answers" state={state('serving')} sub={manifest ? `manifest version ${count(manifest.version)}` : 'merged by the manifest'}>
        <Fact
          name="fresh"
          value={progress?.freshThrough ? `${duration(Date.now() - Date.parse(progress.freshThrough))} ago` : '–'}
        />
        <Fact name="counted" value={compact(counted)} />
      </Stage>
    </section>
  );
}

function Stage(props: { name: string; at: string; state?: string | undefined; sub: string; children: ComponentChildren }) {
  return (
    <article class={`stage ${props.at}`}>
      <h2>
        {props.name} {props.state && <Badge state={props.state} />}
      </h2>
      <p>{props.sub}</p>
      <dl>{props.children}</dl>
    </article>
  );
}

const Fact = ({ name, value, bad = false }: { name: string; value: string; bad?: boolean }) => (
  <div class={bad ? 'bad' : ''}>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

const Arrow = ({ at }: { at: string }) => <div class={`arrow ${at}`} aria-hidden="true" />;

const imbalance = (row: LedgerRow): number => row.read - row.archived - row.quarantined;

function Balance({ ledger }: { ledger: Ledger }) {
  return ledger.balanced ? <Badge state="succeeded">balanced</Badge> : <Badge state="failed">imbalance</Badge>;
}

/** What the last reading of all records found, where they are kept. */
const Faults = ({ faults }: { faults: LedgerFault[] }) => (
  <div class="note bad" role="alert">
    {faults.map((fault) => (
      <p key={JSON.stringify(fault)}>
        {fault.where.toLowerCase()}, partition {fault.partition}, offsets {fault.from} to {fault.to}: {count(fault.found)} records, where{' '}
        {count(fault.expected)} should be
      </p>
    ))}
  </div>
);

function LedgerTable({ ledger }: { ledger: Ledger }) {
  if (ledger.data.length === 0) return <Empty title="No record has arrived yet.">Every hour and partition gets its line here.</Empty>;
  const rows = [...ledger.data].reverse();
  const sum = (of: (row: LedgerRow) => number) => count(rows.reduce((all, row) => all + of(row), 0));
  return (
    <TableFrame label="Ledger by hour and partition" tall>
      <Heads
        heads={[
          `hour of arrival (${HERE})`,
          { text: 'partition', number: true },
          { text: 'read', number: true },
          { text: 'archived', number: true },
          { text: 'quarantined', number: true },
          { text: 'counted', number: true },
          'balance',
        ]}
      />
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.hour} ${row.topicId ?? ''} ${row.partition}`} class={row.atRest !== false && imbalance(row) !== 0 ? 'bad' : ''}>
            <td>{dated(row.hour)}</td>
            <td class="number">{row.partition}</td>
            <td class="number">{count(row.read)}</td>
            <td class="number">{count(row.archived)}</td>
            <td class="number">{count(row.quarantined)}</td>
            <td class="number">{count(row.counted)}</td>
            <td>
              {imbalance(row) === 0 ? (
                '= 0'
              ) : row.atRest === false ? (
                <small>{count(Math.abs(imbalance(row)))} under way</small>
              ) : (
                <strong>{count(imbalance(row))}</strong>
              )}
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            all hours
          </th>
          <td class="number">{sum((row) => row.read)}</td>
          <td class="number">{sum((row) => row.archived)}</td>
          <td class="number">{sum((row) => row.quarantined)}</td>
          <td class="number">{sum((row) => row.counted)}</td>
          <td>
            {sum(imbalance)} <small>read − archived − quarantined</small>
          </td>
        </tr>
      </tfoot>
    </TableFrame>
  );
}
