import { useEffect, useState } from 'preact/hooks';
import { serverNow } from '../state/server-clock.ts';
import { noteAnswer } from './exported.ts';

/** What a live view knows. */
export interface Live<T> {
  /** Null: nothing has come yet. It stays while the connection is lost. */
  readonly state: T | null;
  /** Whether `state` is of the address before, such as before a filter was chosen. */
  readonly isOld: boolean;
  readonly connection: 'connecting' | 'open' | 'lost';
  /** Since when it has been so (milliseconds, by the service's clock). */
  readonly sinceMs: number;
  /** How often it was tried in vain since it was lost. */
  readonly retries: number;
}

/** What to make of each event, by name. */
export type Reducers<T> = Readonly<Record<string, (before: T | null, data: unknown) => T | null>>;

/**
 * Behind a balancer the next replica is there at once, where one has ended; those who looked at it do not come at the
 * same moment.
 */
const firstRetryMs = () => 100 + 400 * Math.random();
const SECOND_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 15_000;
/** A stream that is back so soon has not been missed. */
const UNTOLD_MS = 2000;
/** The service sends a sign of life each 15 seconds. A connection that is dead without an end sends nothing. */
const LONGEST_SILENCE_MS = 40_000;

/**
 * Follows a stream of server-sent events at `url` (null: none): `reducers` make the state of them. It connects
 * again by itself, and is closed while the page can't be seen. The service begins each connection with a whole
 * state, so nothing is missed.
 */
export function useLive<T>(url: string | null, reducers: Reducers<T>): Live<T> {
  const [live, setLive] = useState<Live<T>>(nothingYet);
  useEffect(() => {
    setLive(({ state }) => ({ ...nothingYet(), state, isOld: state !== null }));
    return url === null ? undefined : follow(url, reducers, setLive);
    // The reducers are those of one view, and don't change.
  }, [url]);
  return live;
}

function nothingYet<T>(): Live<T> {
  return { state: null, isOld: false, connection: 'connecting', sinceMs: serverNow(), retries: 0 };
}

type SetLive<T> = (change: (before: Live<T>) => Live<T>) => void;

function follow<T>(url: string, reducers: Reducers<T>, setLive: SetLive<T>): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let telling: ReturnType<typeof setTimeout> | undefined;
  let wasOpen = false;
  let lostAtMs = serverNow();
  let retryMs = SECOND_RETRY_MS;

  const close = () => {
    for (const each of [timer, silence, telling]) clearTimeout(each);
    source?.close();
    source = null;
  };
  const tell = () => setLive((before) => lost(before, lostAtMs));
  const lose = () => {
    close();
    if (wasOpen) {
      wasOpen = false;
      lostAtMs = serverNow();
      telling = setTimeout(tell, UNTOLD_MS);
      timer = setTimeout(connect, firstRetryMs());
    } else {
      tell();
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    }
  };
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(lose, LONGEST_SILENCE_MS);
  };
  const connect = () => {
    heard();
    source = new EventSource(url);
    source.onopen = () => {
      wasOpen = true;
      retryMs = SECOND_RETRY_MS;
      clearTimeout(telling);
      setLive((before) => ({ ...before, connection: 'open', sinceMs: serverNow(), retries: 0 }));
    };
    source.onerror = lose;
    source.addEventListener('alive', heard);
    for (const [name, reduce] of Object.entries(reducers))
      source.addEventListener(name, ({ data }) => {
        heard();
        const value: unknown = JSON.parse(data);
        noteAnswer(value);
        setLive((before) => ({
          ...before,
          state: reduce(before.isOld ? null : before.state, value),
          isOld: false,
        }));
      });
  };
  const shownOrHidden = () => {
    close();
    if (!document.hidden) connect();
  };

  document.addEventListener('visibilitychange', shownOrHidden);
  if (!document.hidden) connect();
  return () => {
    document.removeEventListener('visibilitychange', shownOrHidden);
    close();
  };
}

function lost<T>(before: Live<T>, atMs: number): Live<T> {
  const isFirst = before.connection !== 'lost';
  return {
    ...before,
    connection: 'lost',
    sinceMs: isFirst ? atMs : before.sinceMs,
    retries: isFirst ? 1 : before.retries + 1,
  };
}
