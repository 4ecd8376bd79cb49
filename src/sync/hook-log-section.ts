import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { ApiResult } from '../domain/github-api.ts';
import type { DeliveryAttempt, GitHubHistory, Hook } from '../domain/github-history.ts';
import type { RetryCounts } from './backoff.ts';
import { type Outcome, problemOf, STOPPED, type SyncProblem, skipOnBug } from './outcome.ts';
import { openReadingJournal } from './reading-journal.ts';

export interface HookLogOptions {
  readonly history: Pick<GitHubHistory, 'attempts' | 'delivery'>;
  readonly engine: Pick<Engine, 'accept' | 'unseen' | 'readNote' | 'writeNote'>;
  readonly clock: Clock;
  /** As `ServiceTime.steady`: for waits. */
  readonly steady: Clock;
  readonly logger: Logger;
  readonly retries: Pick<RetryCounts, 'failingForMs' | 'passed'>;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

/** A section of a log. */
export interface LogSection {
  readonly hook: Hook;
  /** The page to start from, as passed to `onPage`; null: the newest. */
  readonly from: string | null;
  readonly sinceMs: number;
  /** Called with each page as it is read. */
  readonly onRead?: (attempts: readonly DeliveryAttempt[]) => void;
  /** Called with each page once what it has of ours is durable, before `onPage`. */
  readonly onTaken?: (attempts: readonly DeliveryAttempt[]) => void;
  /** Called once everything before the page `next` is durable: a later pass may start there. */
  readonly onPage: (next: string) => Promise<void>;
}

/** The result of reading a section. */
export type SectionPass = Outcome & {
  /**
   * Once the pass is complete: from this time up to where it started, nothing that this hook sends is
   * missing.
   */
  readonly coveredSinceMs: number;
  /** Delivery attempts seen, of events that we count. */
  readonly attempts: number;
  /** Delivery attempts seen, of any event. */
  readonly entries: number;
  /** Finished pages, without the last one. */
  readonly pages: number;
  readonly recovered: number;
};

/** GitHub keeps its log for three days, Enterprise Server for seven; minus an hour to be safe. */
const LOG_KEPT_MS = 71 * 3_600_000;
/**
 * A delivery that GitHub lists but has not returned for this long is given up: otherwise newer entries would
 * drop out of the log unread. By then lists have long covered the runs around it.
 */
const GIVEN_UP_MS = 6 * 3_600_000;
/** Events that are fetched and stored together. */
const BATCH_SIZE = 50;
/** If a hook is ours, we have most of its latest hundred delivered events. */
const SAMPLE_SIZE = 100;
/**
 * The most attempts to look at, of a hook that delivers next to nothing of ours: its log may have thousands,
 * and is checked in each pass.
 */
const MAX_ATTEMPTS = 1000;

/** Since when a log is certain to be complete. */
export function keptSinceMs(clock: Clock): number {
  return clock() - LOG_KEPT_MS;
}

/**
 * Reads the log of a hook from the newest entry back to `sinceMs`, page by page, and accepts every event that
 * did not reach us. It does not matter whether GitHub counts the attempt as a success, so an event that a
 * proxy answered but never passed on is recovered too. (A filter by status would also miss what was never
 * answered: https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries.)
 */
export async function recoverSection(section: LogSection, options: HookLogOptions): Promise<SectionPass> {
  const { hook, from, sinceMs, onRead, onTaken, onPage } = section;
  // An entry from before `sinceMs` proves that the log reaches back that far; otherwise only what GitHub
  // promises is certain.
  const certainMs = Math.max(sinceMs, keptSinceMs(options.clock));
  let [attempts, entries, pages, recovered] = [0, 0, 0, 0];
  const result = (outcome: Outcome, coveredSinceMs = certainMs): SectionPass => ({
    ...outcome,
    attempts,
    entries,
    pages,
    recovered,
    coveredSinceMs,
  });
  for await (const page of options.history.attempts(hook, from)) {
    if (page.kind !== 'ok') return result(problemOf(page));
    onRead?.(page.data);
    entries += page.data.length;
    attempts += page.data.filter(({ isCounted }) => isCounted).length;
    const within = page.data.filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs);
    const counted = within.filter(({ isCounted }) => isCounted);
    const taken = await takePage(hook, counted, options);
    recovered += taken.recovered;
    if (!taken.isComplete) return result(taken);
    onTaken?.(page.data);
    if (within.length < page.data.length) return result(taken, sinceMs);
    if (page.next === null) break;
    await onPage(page.next);
    pages += 1;
  }
  return result({ isComplete: true });
}

/** Accepts the events of a page that did not reach us. */
async function takePage(hook: Hook, attempts: readonly DeliveryAttempt[], options: HookLogOptions) {
  const { engine, logger } = options;
  const events = new Map(attempts.map((attempt) => [attempt.guid, attempt]));
  const unseen = new Set(await engine.unseen([...events.keys()]));
  const missing = [...events.values()].filter(({ guid }) => unseen.has(guid)).reverse();
  if (missing.length > 0)
    logger.info('Lost deliveries found in the delivery log of a hook', {
      hook: hook.name,
      events: missing.length,
    });
  return fetchAll(hook, missing, options);
}

/** The oldest first. What was accepted stays accepted when a later one can't be fetched. */
async function fetchAll(
  hook: Hook,
  attempts: readonly DeliveryAttempt[],
  options: HookLogOptions,
): Promise<Outcome & { readonly recovered: number }> {
  const journal = await openReadingJournal(hook.name, options.engine);
  const { parts, skipped } = journal.split(attempts, BATCH_SIZE);
  for (const { guid } of skipped)
    options.logger.error('lost_delivery_skipped_after_crashes', {
      delivery: guid,
    });
  let recovered = 0;
  for (const part of parts) {
    if (options.signal?.aborted) return { ...STOPPED, recovered };
    const fetched = await journal.during(part, () => fetchPart(hook, part, options));
    recovered += fetched.recovered;
    if (!fetched.isComplete) return { ...fetched, recovered };
  }
  return { isComplete: true, recovered };
}

async function fetchPart(
  hook: Hook,
  part: readonly DeliveryAttempt[],
  options: HookLogOptions,
): Promise<Outcome & { readonly recovered: number }> {
  const { engine, logger } = options;
  const answers = await Promise.all(part.map((attempt) => fetchOne(hook, attempt, options)));
  const found: Delivery[] = [];
  for (const [index, answer] of answers.entries()) {
    if (answer.kind === 'ok' && answer.data !== null) found.push(answer.data);
    else if (answer.kind === 'ok' || answer.kind === 'missing')
      logger.warn('lost_delivery_unavailable', { delivery: part[index]?.guid });
  }
  const outcomes = found.length === 0 ? [] : await engine.accept(found);
  const recovered = outcomes.filter((outcome) => outcome === 'accepted').length;
  const failed = answers.find(({ kind }) => kind === 'failed' || kind === 'forbidden');
  return failed === undefined ? { isComplete: true, recovered } : { ...problemOf(failed), recovered };
}

/** What can never be fetched counts as missing. */
async function fetchOne(
  hook: Hook,
  attempt: DeliveryAttempt,
  { history, steady, logger, retries }: HookLogOptions,
): Promise<ApiResult<Delivery | null>> {
  const about = { delivery: attempt.guid };
  const name = `delivery ${attempt.guid}`;
  const read = () => history.delivery(hook, attempt);
  const answer = await skipOnBug(read, { fallback: { kind: 'missing' }, logger, about });
  // A rate limit ends at a known time.
  if (answer.kind !== 'failed' || answer.retryAtMs !== null) {
    retries.passed(name);
    return answer;
  }
  return retries.failingForMs(name, steady()) >= GIVEN_UP_MS ? { kind: 'missing' } : answer;
}

/**
 * Whether a hook sends to us: other tools have hooks too. GitHub gives an event the same id for every hook
 * that it is sent to, so we may have some of what another hook delivered; of our own hook we have most. Looks
 * only at the newest entries, and fetches no event.
 */
export async function sendsToUs(
  hook: Hook,
  sinceMs: number,
  { history, engine }: Pick<HookLogOptions, 'history' | 'engine'>,
): Promise<boolean | SyncProblem> {
  let [attempts, delivered, here] = [0, 0, 0];
  for await (const page of history.attempts(hook, null)) {
    if (page.kind !== 'ok') return problemOf(page);
    const within = page.data.filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs);
    const arrived = within.filter(({ isCounted, isDelivered }) => isCounted && isDelivered);
    const guids = new Set(arrived.map(({ guid }) => guid));
    delivered += guids.size;
    here += guids.size - (await engine.unseen([...guids])).length;
    attempts += within.length;
    if (delivered >= SAMPLE_SIZE || attempts >= MAX_ATTEMPTS || within.length < page.data.length) break;
  }
  return here * 2 > delivered;
}
