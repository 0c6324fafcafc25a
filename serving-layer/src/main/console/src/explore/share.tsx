import { address, requestFile, useAttempt } from '../api';
import { CopyButton, Panel, ProblemNote } from '../ui';
import { fitsAddress, parametersOf, type QueryDocument } from './question';

const FORMS = [
  { name: 'CSV', type: 'text/csv', extension: 'csv' },
  { name: 'Arrow', type: 'application/vnd.apache.arrow.stream', extension: 'arrows' },
];

/** The same answer elsewhere: as a file, from a program, by a colleague. */
export function Share({ query, token }: { query: QueryDocument; token: string | undefined }) {
  const [problem, attempt] = useAttempt();
  const json = JSON.stringify(query, null, 2);
  const curl = `curl -s ${address('/query')} -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(query).replaceAll("'", "'\\''")}'`;
  const download = ({ type, extension }: (typeof FORMS)[number]) =>
    attempt(async () => {
      // The shown answer by its token: the file and the page agree.
      const body = token ? JSON.stringify({ answer: token }) : JSON.stringify(query);
      save(await requestFile('/query', { body, headers: { Accept: type } }), `${query.model}.${extension}`);
    });
  return (
    <Panel
      title="Take it with you"
      aside={
        <span class="actions">
          {FORMS.map((form) => (
            <button key={form.name} type="button" onClick={() => download(form)}>
              Download {form.name}
            </button>
          ))}
          <CopyButton label="Copy link" text={location.href} />
        </span>
      }
    >
      {problem && <ProblemNote problem={problem} />}
      <div class="code-pair">
        <Code title="Query" text={json} />
        <Code title="curl" text={curl} />
      </div>
      <p class="hint">
        {fitsAddress(query) ? (
          <>
            As parameters: <code>GET /api/v1/query?{readable(parametersOf(query))}</code>
          </>
        ) : (
          'Parameters cannot say null among the values of a filter.'
        )}
      </p>
    </Panel>
  );
}

/** As an address, with what may stand there as it is. */
const readable = (parameters: URLSearchParams): string =>
  parameters.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');

function Code({ title, text }: { title: string; text: string }) {
  return (
    <div class="code">
      <header>
        <h3>{title}</h3>
        <CopyButton label="Copy" text={text} />
      </header>
      <pre tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </div>
  );
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
