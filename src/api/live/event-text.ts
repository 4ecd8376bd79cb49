import type { Now, NowDiff } from '../../domain/openapi-types.ts';

/*
 * Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html. JSON text has no line
 * breaks, so each event has one line of data.
 */

/** How soon a browser connects again after the stream has ended. */
const RETRY = 'retry: 2000\n';

/** The whole answer, with which each stream begins. */
export function snapshotText(now: Now): string {
  return `${RETRY}${eventText('now', now)}`;
}

/** What has changed since the event before. */
export function diffText(diff: NowDiff): string {
  return eventText('diff', diff);
}

/**
 * For proxies, which end streams on which nothing is sent, and for the page: it does not see comments, and a
 * connection that is dead without an end looks like one on which nothing happens.
 */
export function aliveText({ as_of, now }: Pick<Now, 'as_of' | 'now'>): string {
  return `: alive\n${eventText('alive', { as_of, now })}`;
}

function eventText(name: string, data: Pick<Now, 'as_of' | 'now'>): string {
  return `id: ${data.as_of}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
