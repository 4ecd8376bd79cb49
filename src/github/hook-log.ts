import type { Clock } from '../domain/contracts.ts';
import { cutText } from '../domain/cut-text.ts';
import { PROCESSED_EVENTS } from '../domain/delivery.ts';
import type { ApiResult, GitHub } from '../domain/github-api.ts';
import type { DeliveryAttempt, GitHubHistory, Hook } from '../domain/github-history.ts';
import { attemptStatusOf } from '../domain/hook-attempts.ts';
import { entriesOf, goingBack, listed, mapped } from './answers.ts';
import { integerOf, type Json, textOf, textsOf, timeMsOf } from './fields.ts';
import { redelivery } from './rest-deliveries.ts';
import { isListOf, isLogEntry, isNumbered, isSentDelivery } from './shapes.ts';

/*
 * Webhooks and GitHub's log of their deliveries, which names each attempt and keeps what was sent
 * (https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries).
 */

const NEEDED = ['workflow_run', 'workflow_job'];
/** A hook that sends one of these is worth reading. */
const USED = [...NEEDED, 'deployment_status'];
/** The rest of a longer log is read in the next pass. */
const LOG = { pages: 1000 };
/** What it sends is not asked for: what it does not send is missed by nobody who made it so. */
const APP: Hook = { name: 'app', of: 'app', isWhole: true, route: '/app/hook', params: {}, owner: null };
/** GitHub waits for ten seconds; more can't be true, and would be the largest part of a sum. */
const LONGEST_WAIT_MS = 3_600_000;
const MAX_WORDS = 200;

/** Reads hooks and their logs, for recovery. */
export function openHookLog({
  github,
  hasApp,
  clock,
}: {
  readonly github: GitHub;
  readonly hasApp: boolean;
  readonly clock: Clock;
}): Pick<GitHubHistory, 'appHook' | 'hooksOf' | 'attempts' | 'delivery'> {
  const asked = ({ owner, params }: Hook) => ({ owner, priority: 'recovery', params }) as const;
  return {
    appHook: () => (hasApp ? APP : null),
    hooksOf: (target) => hooksOf(github, target),
    attempts(hook, from) {
      const route = `${hook.route}/deliveries`;
      const options = {
        ...asked(hook),
        params: { ...hook.params, per_page: 100 },
        isReadable: isListOf(isLogEntry),
        limit: LOG,
        ...(from === null ? {} : { from }),
      };
      return goingBack(
        attemptsIn(github.pages(route, options)),
        // A large App has ten thousand deliveries of a second in a burst.
        { timeMsOf: ({ deliveredAtMs }) => deliveredAtMs, pagesOfASecond: 100 },
        () => github.distrust(route, 'not_older'),
      );
    },
    async delivery(hook, attempt) {
      const params = { ...hook.params, delivery_id: attempt.id };
      const found = await github.get(`${hook.route}/deliveries/{delivery_id}`, {
        ...asked(hook),
        params,
        isReadable: isSentDelivery,
      });
      return mapped(found, (detail) => redelivery(detail, attempt, clock()));
    },
  };
}

function hooksOf(github: GitHub, target: string): Promise<ApiResult<readonly Hook[]>> {
  const [owner = '', repo] = target.split('/');
  const route = repo === undefined ? '/orgs/{org}/hooks' : '/repos/{owner}/{repo}/hooks';
  const params = { per_page: 100, ...(repo === undefined ? {} : { repo }) };
  const options = { owner, priority: 'recovery', params, conditional: true } as const;
  const pick = (hook: Json) => hookOf(hook, route, owner, repo);
  return listed(github, route, options, { isEntry: isNumbered, pick });
}

/** The hook, if it is switched on and sends runs, jobs or what becomes of deployments. */
function hookOf(hook: Json, route: string, owner: string, repo: string | undefined): Hook[] {
  const id = integerOf(hook['id']);
  const events = textsOf(hook['events']);
  const sends = (event: string) => events.includes('*') || events.includes(event);
  if (id === null || hook['active'] === false || !USED.some(sends)) return [];
  const kind = repo === undefined ? 'organization' : 'repository';
  const params = { hook_id: id, ...(repo === undefined ? {} : { repo }) };
  return [
    {
      name: `${kind}/${id}`,
      of: repo === undefined ? owner : `${owner}/${repo}`,
      isWhole: NEEDED.every(sends),
      route: `${route}/{hook_id}`,
      params,
      owner,
    },
  ];
}

async function* attemptsIn(pages: AsyncIterable<ApiResult<unknown>>) {
  for await (const page of pages) yield mapped(page, (data) => entriesOf(data).flatMap(attemptsOf));
}

function attemptsOf(entry: Json): DeliveryAttempt[] {
  const [id, guid, event] = [integerOf(entry['id']), textOf(entry['guid']), textOf(entry['event']) ?? ''];
  const deliveredAtMs = timeMsOf(entry['delivered_at']);
  if (id === null || guid === null || deliveredAtMs === null) return [];
  const words = textOf(entry['status']) ?? 'unknown';
  return [
    {
      id,
      guid,
      event,
      deliveredAtMs,
      isDelivered: words === 'OK',
      status: attemptStatusOf(words, integerOf(entry['status_code'])),
      said: cutText(words, MAX_WORDS),
      tookMs: durationMsOf(entry['duration']),
      isCounted: PROCESSED_EVENTS.has(event),
    },
  ];
}

/** Of seconds with a fraction; null if it is none, or can't be true. */
function durationMsOf(value: unknown): number | null {
  if (typeof value !== 'number') return null;
  const ms = Math.round(value * 1000);
  return ms >= 0 && ms <= LONGEST_WAIT_MS ? ms : null;
}
