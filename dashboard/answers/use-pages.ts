import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Answers, Operation } from './answers.ts';
import { fetchAnswer, type Parameters, Problem } from './fetch-answer.ts';
import { type Asked, type AskOptions, addressParameters, questionUrl, useViewAnswer } from './use-answer.ts';

/** Operations whose answer goes on with a cursor. */
export type PagedOperation = {
  [O in Operation]: Answers[O] extends { readonly cursor: string | null } ? O : never;
}[Operation];

export interface Pages<O extends PagedOperation> extends FurtherPages<O> {
  /** The first page, which is brought up to date. */
  readonly first: Asked<Answers[O]>;
}

export interface FurtherPages<O extends PagedOperation> {
  /** All pages that were loaded, with the first. */
  readonly all: readonly Answers[O][];
  /** Loads another; null: there is none. */
  readonly more: (() => void) | null;
  readonly isLoading: boolean;
  /** Why the latest of them could not be loaded. */
  readonly problem: Problem | null;
}

/** As `useViewAnswer`, and as many further pages as are asked for. */
export function usePages<O extends PagedOperation>(
  operation: O,
  parameters: Parameters = {},
  options: AskOptions = {},
): Pages<O> {
  const first = useViewAnswer(operation, parameters, options);
  return { first, ...useFurtherPages(operation, parameters, first.answer) };
}

/** The pages behind a first one, as many as are asked for. Another question begins anew. */
export function useFurtherPages<O extends PagedOperation>(
  operation: O,
  parameters: Parameters,
  first: Answers[O] | null,
): FurtherPages<O> {
  const [further, setFurther] = useState<readonly Answers[O][]>([]);
  const [isLoading, setLoading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const question = { ...addressParameters(operation), ...parameters };
  const url = questionUrl(operation, question);
  useEffect(() => setFurther([]), [url]);
  const all = useMemo(() => (first === null ? [] : [first, ...further]), [first, further]);
  const cursor = all.at(-1)?.cursor ?? null;
  const load = async () => {
    setLoading(true);
    try {
      const page = await fetchAnswer<Answers[O]>(questionUrl(operation, { ...question, cursor }));
      setFurther((before) => [...before, page]);
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem('page_error', String(error), 0));
    }
    setLoading(false);
  };
  return { all, more: cursor === null || isLoading ? null : () => void load(), isLoading, problem };
}
