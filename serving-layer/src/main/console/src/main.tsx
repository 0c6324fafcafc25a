import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Model, type Status, usePolled, useStatus } from './api';
import { Drift } from './drift';
import { Explore } from './explore/explore';
import { lastQuestion } from './explore/question';
import { Jobs } from './jobs';
import { Models } from './models';
import { Pipeline } from './pipeline';
import icon from './icon.svg';
import { href, replace, useRoute } from './route';
import { Empty, Loading, ProblemNote, Select } from './ui';
import './style.css';

const PAGES = { explore: Explore, pipeline: Pipeline, jobs: Jobs, drift: Drift, models: Models } as const;
type PageName = keyof typeof PAGES;

/** What every page is given. */
export interface PageProps {
  model: Model;
  models: Model[];
  status: Status | undefined;
  parameters: URLSearchParams;
  /** Asks for the models now: one of them was changed. */
  changed: () => void;
}

const title = (page: string): string => page.charAt(0).toUpperCase() + page.slice(1);

/** Whoever comes back to a model's questions finds the last one. */
const parametersOf = (page: string, model: string): URLSearchParams =>
  page === 'explore' ? lastQuestion(model) : new URLSearchParams({ model });

function Console() {
  const route = useRoute();
  const name: PageName = Object.hasOwn(PAGES, route.page) ? (route.page as PageName) : 'explore';
  const models = usePolled<{ data: Model[] }>('/models', 30_000);
  const status = useStatus();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    document.title = `${title(name)} · Bifocal`;
    if (!first.current) {
      // A focus of its own would scroll what stands first on the page behind its head.
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [name]);

  const all = models.value?.data;
  const wanted = route.parameters.get('model');
  const model = wanted === null ? all?.[0] : all?.find((each) => each.name === wanted);
  const Page = PAGES[name];
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the page
      </a>
      <header class="top">
        <a class="brand" href={href('explore')}>
          <img src={icon} alt="" width="26" height="26" /> Bifocal
        </a>
        <nav aria-label="Pages">
          {Object.keys(PAGES).map((page) => (
            <a key={page} href={href(page, model && parametersOf(page, model.name))} aria-current={page === name ? 'page' : undefined}>
              {title(page)}
            </a>
          ))}
        </nav>
        {!models.value && !models.problem && (
          <select disabled aria-label="Model">
            <option>…</option>
          </select>
        )}
        {all && all.length > 0 && model && (
          <Select
            bare
            label="Model"
            value={model.name}
            options={all.map((each) => each.name)}
            onChange={(chosen) => replace(name, parametersOf(name, chosen))}
          />
        )}
        <Health status={status.value} away={status.problem !== undefined} />
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {status.problem && <ProblemNote problem={status.problem}>{all && ' What was known before stays on the page.'}</ProblemNote>}
        {model && all ? (
          <Page key={`${name} ${model.name}`} model={model} models={all} status={status.value} parameters={route.parameters} changed={models.again} />
        ) : models.problem ? (
          !models.problem.offline && <ProblemNote problem={models.problem} />
        ) : all && all.length > 0 ? (
          <Empty title={`There is no model ${wanted}.`}>
            There {all.length === 1 ? 'is' : 'are'}{' '}
            {all.map(({ name: other }) => (
              <a key={other} href={href(name, { model: other })}>
                {other}{' '}
              </a>
            ))}
          </Empty>
        ) : all ? (
          <Empty title="There is no model yet.">
            Write a model file and apply it: <code>./bifocal models apply my-model.yml</code>, or run <code>./bifocal demo</code>.
          </Empty>
        ) : (
          <Loading lines={10} />
        )}
      </main>
      <footer class="bottom">
        <a href="./q/swagger-ui">API</a> <a href="./q/openapi">OpenAPI</a> <a href="./q/health">Health</a>{' '}
        <a href="./q/metrics">Metrics</a>
      </footer>
    </>
  );
}

function Health({ status, away }: { status: Status | undefined; away: boolean }) {
  const broken = status?.parts.filter((part) => part.state !== 'UP').map((part) => `${part.name} ${part.state.toLowerCase()}`);
  const text = away
    ? 'offline'
    : status === undefined
      ? '…'
      : status.ready
        ? 'all parts up'
        : broken && broken.length > 0
          ? broken.join(', ')
          : 'not ready';
  const state = away ? 'failed' : status === undefined ? 'queued' : status.ready ? 'succeeded' : 'running';
  return (
    <a class={`health badge ${state}`} href={href('pipeline')} aria-label={`Platform: ${text}`}>
      {text}
    </a>
  );
}

render(<Console />, document.getElementById('console') as HTMLElement);
