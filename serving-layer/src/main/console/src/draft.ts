import { useState } from 'preact/hooks';
import { keep, kept } from './kept';

/** A model file that is being changed. */
export interface ModelDraft {
  yaml: string;
  begunAt: string;
  /** Of the definition that it was begun from. */
  hash: string;
}

/** The draft of a model's file, which outlives leaving the page until it is undone or applied, and a way to write it. */
export function useModelDraft(model: string, base: { hash: string }): [ModelDraft | undefined, (yaml: string | undefined) => void] {
  const name = `draft of ${model}`;
  const [draft, setDraft] = useState(() => JSON.parse(kept(name) ?? 'null') as ModelDraft | null);
  const write = (yaml: string | undefined) => {
    const next =
      yaml === undefined
        ? null
        : { yaml, begunAt: draft?.begunAt ?? new Date().toISOString(), hash: draft?.hash ?? base.hash };
    setDraft(next);
    keep(name, next ? JSON.stringify(next) : undefined);
  };
  return [draft ?? undefined, write];
}
