import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Polled, Problem } from './api';
import { label, zoneName } from './times';

/** What is wrong and what helps; what was known before stays on the page beside it. */
export function ProblemNote({ problem, children }: { problem: Problem; children?: ComponentChildren }) {
  return (
    <div class={problem.away ? 'note away' : 'note bad'} role="alert">
      <strong>{problem.message}</strong> {problem.remedy}
      {children}
    </div>
  );
}

/** Says once what keeps a page's panels from being known. That the platform does not answer at all is said above every page. */
export function Away({ of }: { of: Polled<unknown>[] }) {
  const problem = of.map((each) => each.problem).find((each) => each?.away && !each.offline);
  return problem ? <ProblemNote problem={problem} /> : null;
}

/** Where there is nothing to show yet. */
export function Lacking({ of: { problem } }: { of: Polled<unknown> }) {
  if (!problem) return <Loading lines={3} />;
  return problem.away ? <p class="hint">Not known until the platform answers.</p> : <ProblemNote problem={problem} />;
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  );
}

/** Keeps the place of what is on its way, so that nothing jumps when it comes. */
export function Loading({ lines = 6 }: { lines?: number }) {
  return (
    <div class="loading" aria-busy="true">
      <span class="hidden">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} style={{ width: `${90 - ((line * 37) % 50)}%` }} />
      ))}
    </div>
  );
}

export function Panel(props: {
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
  class?: string;
}) {
  const id = useId();
  return (
    <section class={`panel ${props.class ?? ''}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

/** A table that scrolls within itself, by keyboard too. */
export function TableFrame(props: { label: string; children: ComponentChildren; tall?: boolean }) {
  return (
    <div class={props.tall ? 'frame tall' : 'frame'} tabIndex={0} role="region" aria-label={props.label}>
      <table>{props.children}</table>
    </div>
  );
}

type Head = string | { text: string; number?: true; hidden?: true };

/** A table's heads: of numbers on the right, of what explains itself for screen readers alone. */
export const Heads = ({ heads }: { heads: Head[] }) => (
  <thead>
    <tr>
      {heads.map((head, index) => {
        const { text, number, hidden }: Exclude<Head, string> = typeof head === 'string' ? { text: head } : head;
        return (
          <th scope="col" key={index} class={number && 'number'}>
            {hidden ? <span class="hidden">{text}</span> : text}
          </th>
        );
      })}
    </tr>
  </thead>
);

export function Field(props: { label: string; children: ComponentChildren; hint?: string }) {
  return (
    <label class="field">
      <span>{props.label}</span>
      {props.children}
      {props.hint && <small>{props.hint}</small>}
    </label>
  );
}

export function Select<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (T | { value: T; text: string; disabled?: boolean })[];
  onChange: (value: T) => void;
  bare?: boolean;
}) {
  const select = (
    <select
      value={props.value}
      aria-label={props.bare ? props.label : undefined}
      onChange={(event) => props.onChange(event.currentTarget.value as T)}
    >
      {props.options.map((option) => {
        const { value, text, disabled } = typeof option === 'string' ? { value: option, text: option } : option;
        return (
          <option key={value} value={value} disabled={disabled}>
            {text}
          </option>
        );
      })}
    </select>
  );
  return props.bare ? select : <Field label={props.label}>{select}</Field>;
}

/** A menu of check boxes: several of some. */
export function Choice(props: {
  label: string;
  options: { value: string; hint?: string }[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
  none: string;
}) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      if (menu.current?.open && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, []);
  const escape = (event: JSX.TargetedKeyboardEvent<HTMLElement>) => {
    if (event.key !== 'Escape' || !menu.current) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  const toggle = (value: string, on: boolean) =>
    props.onChange(on ? [...props.chosen, value] : props.chosen.filter((each) => each !== value));
  return (
    <div class="field choice">
      <span>{props.label}</span>
      <details ref={menu} onKeyDown={escape}>
        <summary aria-label={`${props.label}: ${props.chosen.join(', ') || props.none}`}>
          {props.chosen.join(', ') || props.none}
        </summary>
        <fieldset>
          <legend class="hidden">{props.label}</legend>
          {props.options.map(({ value, hint }) => (
            <label key={value}>
              <input
                type="checkbox"
                checked={props.chosen.includes(value)}
                onChange={(event) => toggle(value, event.currentTarget.checked)}
              />
              <span>
                {value}
                {hint && <small>{hint}</small>}
              </span>
            </label>
          ))}
        </fieldset>
      </details>
    </div>
  );
}

/** Asks before something is done that others will see. Escape and the other button do nothing. */
export function Confirm(props: {
  title: string;
  action: string;
  /** What the other button says. */
  dismissal?: string;
  children: ComponentChildren;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      // Nothing beside an open dialog takes the focus.
      shown?.close();
      (before as HTMLElement | null)?.focus?.();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={props.onCancel}>
      <h2 id={id}>{props.title}</h2>
      {props.children}
      <div class="actions">
        <button type="button" onClick={props.onCancel}>
          {props.dismissal ?? 'Cancel'}
        </button>
        <button type="button" class="primary" onClick={props.onConfirm}>
          {props.action}
        </button>
      </div>
    </dialog>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('Select and copy it');
    }
    setTimeout(() => setSaid(''), 2000);
  };
  return (
    <button type="button" onClick={copy}>
      <span aria-live="polite">{said || label}</span>
    </button>
  );
}

/** The reader's zone. */
export const HERE = zoneName(Intl.DateTimeFormat().resolvedOptions().timeZone);

/** A moment in it, to the minute, always with its day: what is kept is looked at days later. */
export const dated = (text: string | null | undefined): string => (text ? label(Date.parse(text), undefined, HERE) : '–');

/** A name of the API's, as people write it. */
export const words = (name: string): string => name.toLowerCase().replaceAll('_', ' ');

/** A state, by colour and by word. */
export function Badge({ state, children }: { state: string; children?: ComponentChildren }) {
  return <span class={`badge ${state.toLowerCase()}`}>{children ?? state.toLowerCase()}</span>;
}

/** A text that is being written, until the value behind it changes: the page is drawn anew whenever a live answer comes. */
export function useDraft(value: string): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return [text, setText];
}

/** A field whose text counts once it is done. */
export function Draft({ value, commit, ...rest }: { value: string; commit: (text: string) => void } & JSX.IntrinsicElements['input']) {
  const [text, setText] = useDraft(value);
  return (
    <input
      {...rest}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
      onChange={(event) => commit(event.currentTarget.value)}
    />
  );
}
