import { useEffect } from 'preact/hooks';
import { applyDiff } from '../../../src/domain/now-diff.ts';
import type { Now, NowDiff } from '../../../src/domain/openapi-types.ts';
import { exported } from '../../answers/exported.ts';
import { callUrl, type Parameters } from '../../answers/fetch-answer.ts';
import { type Live, type Reducers, useLive } from '../../answers/live.ts';
import { addressParameters, questionUrl } from '../../answers/use-answer.ts';
import { address } from '../../state/navigation.ts';
import { learnTime } from '../../state/server-clock.ts';

/** Which jobs to list: as the tabs name them. */
export const LISTS = ['', 'queued', 'waiting', 'in_progress', 'stale'] as const;
export type List = (typeof LISTS)[number];

/** The list that the address names. */
export function chosenList(): List {
  const { tab = '' } = address.value.own;
  return LISTS.find((list) => list === tab) ?? '';
}

/** What the chosen list asks for, on top of the filters. */
export function listParameters(list: List): Parameters {
  if (list === 'stale') return { stale: 'true' };
  return list === '' ? {} : { status: list };
}

const REDUCERS: Reducers<Now> = {
  now: (_, data) => timed(data as Now),
  diff: (before, data) => before && applyDiff(before, timed(data as NowDiff)),
  // Nothing but the time has changed, and that goes on by itself.
  alive: (before, data) => {
    timed(data as Pick<Now, 'now'>);
    return before;
  },
};

/** Ages are measured by the clock of the service, which each event tells. */
function timed<T extends Pick<Now, 'now'>>(event: T): T {
  learnTime(event.now);
  return event;
}

/** What waits and runs, as it changes, with the filters and the list of the address. */
export function useNow(): Live<Now> {
  const parameters = { ...addressParameters('now'), ...listParameters(chosenList()) };
  const url = questionUrl('now', parameters);
  useEffect(() => {
    exported.value = url;
    return () => {
      if (exported.peek() === url) exported.value = null;
    };
  }, [url]);
  return useLive(callUrl('/api/v1/live', parameters), REDUCERS);
}
