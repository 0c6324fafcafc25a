import { useState } from 'preact/hooks';
import { type Diff, type Polled, request, useAttempt, type Version } from './api';
import { count, full } from './numbers';
import { Badge, Confirm, dated, Empty, Heads, HERE, Lacking, Panel, ProblemNote, TableFrame, words } from './ui';

/** What was applied, what sets it apart from what is in force, and putting it in force. */
export function Versions({ model, versions, promoted }: { model: string; versions: Polled<{ data: Version[] }>; promoted: () => void }) {
  const base = `/models/${encodeURIComponent(model)}/versions`;
  const [diff, setDiff] = useState<Diff>();
  const [problem, attempt] = useAttempt();
  const [asking, setAsking] = useState<Version>();
  const [said, setSaid] = useState('');
  const compare = ({ version }: Version) => {
    setSaid('');
    return attempt(async () => setDiff(await request<Diff>(`${base}/${version}/diff`)));
  };
  const promote = ({ version }: Version) => {
    setAsking(undefined);
    setSaid('');
    return attempt(async () => {
      const { state } = await request<{ state: string }>(`${base}/${version}:promote`, { method: 'POST' });
      setSaid(state === 'IN_FORCE' ? `Version ${version} is in force.` : `A job puts version ${version} back in force.`);
      setDiff(undefined);
      versions.again();
      promoted();
    });
  };
  return (
    <Panel title="Versions">
      {problem && <ProblemNote problem={problem} />}
      {said && <div class="note good" role="status">{said}</div>}
      {!versions.value ? (
        <Lacking of={versions} />
      ) : (
        <TableFrame label="Versions that were applied">
          <Heads heads={[{ text: 'version', number: true }, 'state', `applied (${HERE})`, 'definition', { text: 'actions', hidden: true }]} />
          <tbody>
            {versions.value.data.map((version) => (
              <tr key={version.version}>
                <td class="number">{version.version}</td>
                <td>
                  <Badge state={version.state === 'IN_FORCE' ? 'succeeded' : version.state === 'BUILDING' ? 'running' : 'queued'}>{words(version.state)}</Badge>
                </td>
                <td>{dated(version.appliedAt)}</td>
                <td><code>{version.hash.slice(0, 12)}</code></td>
                <td>
                  {version.state !== 'IN_FORCE' && (
                    <button type="button" onClick={() => compare(version)}>
                      Compare
                    </button>
                  )}{' '}
                  {(version.state === 'READY' || version.state === 'KEPT') && (
                    <button type="button" onClick={() => setAsking(version)}>
                      Promote…
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
      {diff && <Differences diff={diff} />}
      {asking && (
        <Confirm
          title={`Put version ${asking.version} of ${model} in force?`}
          action={`Promote ${asking.version}`}
          onConfirm={() => promote(asking)}
          onCancel={() => setAsking(undefined)}
        >
          <p>In one step: every answer is from the one version or from the other. The version before is kept, and can be promoted again.</p>
        </Confirm>
      )}
    </Panel>
  );
}

const NEEDS: Record<Diff['work'][number]['need'], string> = {
  NONE: 'means what it meant',
  AT_ONCE: 'can be asked for at once',
  HISTORY: 'history has to be computed',
  DROPPED: 'is not kept any more',
};

const SIGNS = { ADDED: '+', REMOVED: '-', CHANGED: '~' };

function Differences({ diff: { version, inForce, definition, work, behind, numbers } }: { diff: Diff }) {
  return (
    <section class="differences" aria-label={`Version ${version} beside version ${inForce}`}>
      <h3>
        Version {version} beside version {inForce}, which is in force
      </h3>
      {definition.length === 0 ? (
        <Empty title="The files say the same." />
      ) : (
        <pre class="diff" tabIndex={0} aria-label="What differs between the files">
          {definition.map(({ change, section, name, text }) => (
            <span key={`${section} ${name} ${text}`} class={change === 'ADDED' ? 'added' : change === 'REMOVED' ? 'removed' : ''}>
              {SIGNS[change]} {section}
              {name && `.${name}`}
              {text && `: ${text}`}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
      {work.length > 0 && (
        <ul>
          {work.map(({ kind, name, need, why }) => (
            <li key={`${kind} ${name}`}>
              {kind} <strong>{name}</strong>: {NEEDS[need]} ({why})
            </li>
          ))}
        </ul>
      )}
      {behind !== undefined && behind > 0 && <p class="hint">{count(behind)} records are counted in force and not in this version yet.</p>}
      {numbers && (
        <TableFrame label="Numbers of both versions, over all events">
          <Heads heads={['metric', { text: 'in force', number: true }, { text: `version ${version}`, number: true }]} />
          <tbody>
            {Object.entries(numbers).map(([metric, both]) => (
              <tr key={metric}>
                <th scope="row">{metric}</th>
                <td class="number">{full(both.inForce)}</td>
                <td class="number">{full(both.version)}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </section>
  );
}
