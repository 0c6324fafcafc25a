import type { Model } from '../api';
import { floor, fromField, type Granularity, iso, toField, zoneOf } from '../times';
import { Choice, Draft, Field, Select, useDraft } from '../ui';
import { extent, type Filter, offered, OPERATORS, possible, type Question, RANGES, readValues, takesValues, writeValues } from './question';

interface Props {
  model: Model;
  question: Question;
  change: (part: Partial<Question>) => void;
}

export function Controls({ model, question, change }: Props) {
  const all = possible(model, question);
  const inZone = offered(model, question);
  const granularities: { value: Question['granularity']; text: string; disabled?: boolean }[] = [
    { value: 'auto', text: 'automatic' },
    ...all.map((value) => ({ value, text: value, disabled: !inZone.includes(value) })),
    { value: 'none', text: 'none (one row)' },
  ];
  return (
    <form class="controls" onSubmit={(event) => event.preventDefault()} aria-label="Question">
      <Choice
        label="Metrics"
        none="choose"
        chosen={question.metrics}
        options={model.metrics.map(({ name, description, unit }) => ({
          value: name,
          hint: [description, unit].filter(Boolean).join(', '),
        }))}
        // No metric at all would be no question.
        onChange={(metrics) => metrics.length > 0 && change({ metrics })}
      />
      <Choice
        label="By"
        none="nothing"
        chosen={question.dimensions}
        options={model.dimensions.map(({ name, type }) => ({ value: name, hint: type }))}
        onChange={(dimensions) => change({ dimensions })}
      />
      <Select
        label="Range"
        value={question.range}
        options={RANGES.map(({ name, text }) => ({ value: name, text }))}
        onChange={(range) => change(range === 'custom' ? { range, from: beginning(question) } : { range })}
      />
      {question.range === 'custom' &&
        (['from', 'to'] as const).map((bound) => (
          <Field key={bound} label={bound === 'from' ? 'From' : 'To (exclusive)'}>
            <Draft
              type="datetime-local"
              value={toField(question[bound], question.zone)}
              commit={(text) => change({ [bound]: fromField(text, question.zone) })}
            />
          </Field>
        ))}
      <Select label="Per" value={question.granularity} options={granularities} onChange={(granularity) => change({ granularity })} />
      <Zone zone={question.zone} lacks={all.find((each) => !inZone.includes(each))} change={(zone) => change({ zone })} />
      <div class="switches">
        <label>
          <input type="checkbox" checked={question.live} onChange={(event) => change({ live: event.currentTarget.checked })} /> live
        </label>
        <label>
          <input type="checkbox" checked={question.exact} onChange={(event) => change({ exact: event.currentTarget.checked })} /> exact
          only
        </label>
      </div>
      <Filters model={model} question={question} change={change} />
    </form>
  );
}

/** Of the range that was shown: whoever wants another one begins there. */
function beginning(question: Question): string | undefined {
  const span = extent(question, Date.now());
  return span === undefined ? question.from : iso(floor(Date.now() - span, 'minute', question.zone));
}

const ZONES: string[] = ['UTC', ...(Intl.supportedValuesOf?.('timeZone') ?? [])];

/** @param lacks what the zone's clocks cannot make of the buckets that the model keeps */
function Zone({ zone, lacks, change }: { zone: string; lacks: Granularity | undefined; change: (zone: string) => void }) {
  const [text, setText] = useDraft(zone);
  const known = zoneOf(text) !== undefined;
  return (
    <Field label="Zone" hint={!known ? 'no such zone' : lacks ? `cannot be asked per ${lacks}` : ''}>
      <input
        list="zones"
        value={text}
        size={16}
        spellcheck={false}
        aria-invalid={!known}
        onInput={(event) => setText(event.currentTarget.value)}
        onChange={(event) => zoneOf(event.currentTarget.value) && change(event.currentTarget.value)}
      />
      <datalist id="zones">
        {ZONES.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </Field>
  );
}

function Filters({ model, question, change }: Props) {
  const set = (index: number, part: Partial<Filter>) =>
    change({ filters: question.filters.map((filter, each) => (each === index ? { ...filter, ...part } : filter)) });
  const add = () =>
    change({ filters: [...question.filters, { dimension: model.dimensions[0]?.name ?? '', operator: 'equals', values: [] }] });
  return (
    <div class="filters">
      {question.filters.map((filter, index) => (
        <span class="filter" role="group" aria-label={`Filter ${index + 1}`} key={index}>
          <Select
            bare
            label="Dimension"
            value={filter.dimension}
            options={model.dimensions.map(({ name }) => name)}
            onChange={(dimension) => set(index, { dimension, values: [] })}
          />
          <Select
            bare
            label="Comparison"
            value={filter.operator}
            options={OPERATORS}
            onChange={(operator) => set(index, { operator })}
          />
          {takesValues(filter.operator) && (
            <Draft
              aria-label="Values, separated by commas"
              placeholder="value, value"
              title={'Quotes keep what would be lost: "" is the empty text, " x" begins with a space, "null" is a text. null is null.'}
              value={writeValues(filter.values)}
              commit={(text) => set(index, { values: readValues(text) })}
            />
          )}
          <button
            type="button"
            class="quiet"
            aria-label={`Remove the filter on ${filter.dimension}`}
            onClick={() => change({ filters: question.filters.filter((_, each) => each !== index) })}
          >
            ×
          </button>
        </span>
      ))}
      <button type="button" class="quiet" onClick={add} disabled={model.dimensions.length === 0}>
        + filter
      </button>
    </div>
  );
}
