import { useEffect, useMemo, useState } from 'preact/hooks';
import { printFilters, printWindow } from '../state/address.ts';
import { address } from '../state/navigation.ts';
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

/** The window and the filters of the address, as the read API takes them. */
export function addressParameters(uses = { window: true, filters: true }): Parameters {
  const { window, filters } = address.value;
  const pairs = uses.filters ? printFilters(filters) : [];
  const grouped = Object.groupBy(pairs, ([name]) => name);
  return {
    ...(uses.window ? printWindow(window) : {}),
    ...Object.fromEntries(
      Object.entries(grouped).map(([name, each]) => [name, each?.map(([, value]) => value)]),
    ),
  };
}

/**
 * Asks the read API with the window and filters of the address, and again when they change. `parameters` come
 * on top.
 */
export function useViewAnswer<T>(
  path: string,
  parameters: Parameters = {},
  options: AskOptions = {},
): Asked<T> {
  return useAnswer(path, { ...addressParameters(), ...parameters }, options);
}

interface State<T> {
  readonly url: string | null;
  readonly answer: T | null;
  readonly problem: Problem | null;
}

/** Asks the read API; a new question ends the one before. A null path asks nothing, and keeps the answer. */
export function useAnswer<T>(
  path: string | null,
  parameters: Parameters = {},
  options: AskOptions = {},
): Asked<T> {
  const { everySeconds = 30, isExported = false } = options;
  const url = path === null ? null : callUrl(path, parameters);
  const [state, setState] = useState<State<T>>({ url, answer: null, problem: null });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (url === null) return;
    if (isExported) exported.value = url;
    const end = askRepeatedly<T>(url, everySeconds, setState);
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

type SetState<T> = (change: (before: State<T>) => State<T>) => void;

/** Asks now, and then again and again while the page can be seen. Returns what ends it. */
function askRepeatedly<T>(url: string, everySeconds: number, setState: SetState<T>): () => void {
  const control = new AbortController();
  const { signal } = control;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  const ask = async () => {
    isDue = false;
    try {
      const answer = await fetchAnswer<T>(url, signal);
      noteAnswer(answer);
      setState(() => ({ url, answer, problem: null }));
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof Problem ? error : new Problem('page_error', String(error), 0);
      setState((before) => ({ url, answer: before.url === url ? before.answer : null, problem }));
    }
    if (everySeconds > 0 && !signal.aborted) timer = setTimeout(again, everySeconds * 1000);
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
