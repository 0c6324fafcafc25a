import { useMemo, useState } from 'preact/hooks';
import { type Answer, cell, type Column } from '../api';
import { compareCells, compact, figure, full, isNumeric, written } from '../numbers';
import { type Granularity, label } from '../times';
import { Badge, Panel, TableFrame } from '../ui';
import type { Question } from './question';

const SHOWN = 500;

interface Sorting {
  column: string;
  descending: boolean;
}

/** Every row of the answer with all its digits; those of a double are shown to six decimals, and whole beneath the pointer. */
export function AnswerTable(props: { answer: Answer; question: Question; granularity: Granularity | undefined }) {
  const { answer, question, granularity } = props;
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const rows = useMemo(() => sorted(answer, sorting), [answer, sorting]);
  const sortBy = (column: string) =>
    setSorting((before) => (before?.column === column ? { column, descending: !before.descending } : { column, descending: true }));
  const count = answer.data.length;
  return (
    <Panel title={`${full(count)} ${count === 1 ? 'row' : 'rows'}`} aside={<small>from rollup {answer.meta.rollup}</small>}>
      <TableFrame label="Answer" tall>
        <thead>
          <tr>
            {answer.columns.map((column) => (
              <Heading key={column.name} column={column} sorting={sorting} sort={sortBy} />
            ))}
            <th scope="col">status</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map((row, index) => (
            <tr key={index} class={row.status}>
              {answer.columns.map((column) => (
                <td key={column.name} class={isNumeric(column.type) ? 'number' : ''}>
                  {column.name === 'time' ? (
                    <span title={String(row.time)}>{label(Date.parse(String(row.time)), granularity, question.zone)}</span>
                  ) : isNumeric(column.type) ? (
                    <span title={full(cell(row, column.name))}>{figure(cell(row, column.name), column.type)}</span>
                  ) : (
                    <Text value={cell(row, column.name)} />
                  )}
                  {row.estimates?.[column.name] && (
                    <small>
                      {' '}
                      {compact(row.estimates[column.name]?.low)}–{compact(row.estimates[column.name]?.high)}
                    </small>
                  )}
                </td>
              ))}
              <td>
                <Badge state={row.status} />
              </td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      {count > SHOWN && <p class="hint">The first {SHOWN} are shown; the download has all {full(count)}.</p>}
    </Panel>
  );
}

/** What is longer than its column is whole beneath the pointer. */
function Text({ value }: { value: ReturnType<typeof cell> }) {
  const text = written(value);
  return (
    <span class="text" title={text}>
      {value !== null && text === String(value) ? text : <em>{text}</em>}
    </span>
  );
}

function Heading({ column, sorting, sort }: { column: Column; sorting: Sorting | null; sort: (column: string) => void }) {
  const mine = sorting?.column === column.name ? sorting : null;
  return (
    <th
      scope="col"
      class={isNumeric(column.type) ? 'number' : ''}
      aria-sort={mine ? (mine.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" class="quiet" onClick={() => sort(column.name)}>
        {column.name} {column.unit && <small>{column.unit}</small>}
        <span aria-hidden="true">{mine ? (mine.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

/** As the API ordered them, until the reader chooses. */
function sorted(answer: Answer, sorting: Sorting | null): Answer['data'] {
  if (!sorting) return answer.data;
  const numeric = isNumeric(answer.columns.find((column) => column.name === sorting.column)?.type);
  return [...answer.data].sort((left, right) =>
    compareCells(cell(left, sorting.column), cell(right, sorting.column), numeric, sorting.descending),
  );
}
