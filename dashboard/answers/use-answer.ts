import { useEffect, useMemo, useState } from 'preact/hooks';
import { printWindow } from '../state/address.ts';
import { address } from '../state/navigation.ts';
import { type Answers, filtersOf, hasWindow, type Operation, pathOf } from './answers.ts';
import { exported, noteAnswer } from './exported.ts';
import { callUrl, fetchAnswer, type Parameters, Problem } from './fetch-answer.ts';

/** What a view knows of its answer. */
export interface Asked<T> {
  /** The latest; null: none yet. It stays while another is loaded, so that nothing jumps. */
  readonly answer: T | null;
  /** Why the latest question failed. */
  readonly problem: Problem | null;
  /** Whether `answer` is to an earlier question, such as before a filter was chosen. */
  readonly isOld: boolean;
  readonly retry: () => void;
}

export interface AskOptions {
  /** Asks again after this long while the page can be seen; default 30, 0: never. */
  readonly everySeconds?: number;
  /** Whether *Export* gives this answer. */
  readonly isExported?: boolean;
}

/** The window and the filters of the address, as far as the operation takes them. */
export function addressParameters(operation: Operation): Parameters {
  const { window, filters } = address.value;
  const taken = filtersOf(operation).map((name) => [name, filters[name]] as const);
  return { ...(hasWindow(operation) ? printWindow(window) : {}), ...Object.fromEntries(taken) };
}

/**
 * Asks the read API with the window and filters of the address, and again when they change. `parameters` come
 * on top.
 */
export function useViewAnswer<O extends Operation>(
  operation: O,
  parameters: Parameters = {},
  options: AskOptions = {},
): Asked<Answers[O]> {
  return useAnswer(operation, { ...addressParameters(operation), ...parameters }, options);
}

/** The address of a question: `id` goes into the path. */
export function questionUrl(operation: Operation, { id, ...parameters }: Parameters): string {
  return callUrl(pathOf(operation).replace('{id}', String(id)), parameters);
}

interface State<T> {
  readonly url: string | null;
  readonly answer: T | null;
  readonly problem: Problem | null;
}

/**
 * Asks the read API; a new question ends the one before. A null operation asks nothing, and keeps the answer.
 */
export function useAnswer<O extends Operation>(
  operation: O | null,
  parameters: Parameters = {},
  options: AskOptions = {},
): Asked<Answers[O]> {
  const { everySeconds = 30, isExported = false } = options;
  const url = operation === null ? null : questionUrl(operation, parameters);
  const [state, setState] = useState<State<Answers[O]>>({ url, answer: null, problem: null });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (url === null) return;
    if (isExported) exported.value = url;
    const end = askRepeatedly<Answers[O]>(url, everySeconds, setState);
    return () => {
      end();
      if (exported.peek() === url) exported.value = null;
    };
  }, [url, everySeconds, tries, isExported]);
  return useMemo(
    () => ({
      answer: state.answer,
      problem: state.url === url ? state.problem : null,
      isOld: state.url !== url,
      retry: () => setTries((before) => before + 1),
    }),
    [state, url],
  );
}

/** A service that restarts is back soon. */
const OFFLINE_SECONDS = 3;

type SetState<T> = (change: (before: State<T>) => State<T>) => void;

/** Asks now, and then again and again while the page can be seen. Returns what ends it. */
function askRepeatedly<T>(url: string, everySeconds: number, setState: SetState<T>): () => void {
  const control = new AbortController();
  const { signal } = control;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  const ask = async () => {
    isDue = false;
    let pauseSeconds = everySeconds;
    try {
      const answer = await fetchAnswer<T>(url, signal);
      noteAnswer(answer);
      setState(() => ({ url, answer, problem: null }));
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof Problem ? error : new Problem('page_error', String(error), 0);
      setState((before) => ({ url, answer: before.url === url ? before.answer : null, problem }));
      if (problem.code === 'offline') pauseSeconds = OFFLINE_SECONDS;
    }
    if (pauseSeconds > 0 && !signal.aborted) timer = setTimeout(again, pauseSeconds * 1000);
  };
  const again = () => {
    if (document.hidden) isDue = true;
    else void ask();
  };
  const shown = () => {
    if (isDue && !document.hidden) void ask();
  };
  document.addEventListener('visibilitychange', shown, { signal });
  void ask();
  return () => {
    clearTimeout(timer);
    control.abort();
  };
}
