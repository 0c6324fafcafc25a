import { useState } from 'preact/hooks';
import type { Model } from './api';
import { keep, kept } from './kept';

/** A model file that is being changed. */
export interface ModelDraft {
  yaml: string;
  begunAt: string;
  /** Of the definition in force when it was begun. */
  hash: string;
}

/** The draft of a model's file, which outlives leaving the page until its text is undone or dropped, and a way to write it. */
export function useModelDraft(model: Model): [ModelDraft | undefined, (yaml: string | undefined) => void] {
  const name = `draft of ${model.name}`;
  const [draft, setDraft] = useState(() => JSON.parse(kept(name) ?? 'null') as ModelDraft | null);
  const write = (yaml: string | undefined) => {
    const next =
      yaml === undefined || yaml === model.yaml
        ? null
        : { yaml, begunAt: draft?.begunAt ?? new Date().toISOString(), hash: draft?.hash ?? model.hash };
    setDraft(next);
    keep(name, next ? JSON.stringify(next) : undefined);
  };
  return [draft ?? undefined, write];
}
