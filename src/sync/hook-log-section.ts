import type { Clock, Engine, Logger, RecoveryNotes } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { ApiResult } from '../domain/github-api.ts';
import type { DeliveryAttempt, GitHubHistory, Hook } from '../domain/github-history.ts';
import type { RetryCounts } from './backoff.ts';
import { type Outcome, problemOf, STOPPED, type SyncProblem, skipOnBug } from './outcome.ts';

export interface HookLogOptions {
  readonly history: Pick<GitHubHistory, 'attempts' | 'delivery'>;
  readonly engine: Pick<Engine, 'accept' | 'unseen' | 'readNote' | 'writeNote'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retries: Pick<RetryCounts, 'failingForMs' | 'passed'>;
  /** Ends it between two steps. */
  readonly signal?: AbortSignal;
}

/** A part of a log. */
export interface LogSection {
  readonly hook: Hook;
  /** The page to begin with, as `onPage` named it; null: the latest. */
  readonly from: string | null;
  readonly sinceMs: number;
  /** Everything before the page `next` is durable: a later pass may begin there. */
  readonly onPage: (next: string) => Promise<void>;
}

/** What became of reading it. */
export type SectionPass = Outcome & {
  /** From then on, up to where it began, nothing that this hook sends is missing; once the pass is complete. */
  readonly coveredSinceMs: number;
  /** Attempts met, to deliver what we count. */
  readonly attempts: number;
  /** Attempts met, to deliver anything. */
  readonly entries: number;
  /** Pages that are done with, beside the last. */
  readonly pages: number;
  readonly recovered: number;
};

/** GitHub keeps its log for three days, Enterprise Server for seven; an hour less makes it safe. */
const LOG_KEPT_MS = 71 * 3_600_000;
/**
 * A delivery that GitHub lists, and for so long does not hand out, is given up: else what comes behind it would leave the log unread.
 * By then lists have long told the runs of the time around it.
 */
const GIVEN_UP_MS = 6 * 3_600_000;
/** Events fetched, and made durable, together. */
const STEP = 50;
/** Of so many events that a hook has delivered, its latest, most are here if it is ours. */
const ENOUGH = 100;
/** Of a hook that delivers next to nothing of ours, so many attempts are looked at: its log may have thousands, and is looked at in each pass. */
const MOST_ATTEMPTS = 1000;

/** Since when a log is certain to tell everything. */
export function keptSinceMs(clock: Clock): number {
  return clock() - LOG_KEPT_MS;
}

/**
 * Reads the log of a hook, the latest first, back to `sinceMs`, and accepts every event in it that did not come to us, a page at a time.
 * Whether GitHub takes an attempt for a success is no matter, so what a proxy answered and never handed on comes back too. (A filter by
 * status would also miss what was never answered: https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries.)
 */
export async function recoverSection(section: LogSection, options: HookLogOptions): Promise<SectionPass> {
  const { hook, from, sinceMs, onPage } = section;
  // An entry from before proves that the log reaches so far back; else only what GitHub promises is certain.
  const certainMs = Math.max(sinceMs, keptSinceMs(options.clock));
  let [attempts, entries, pages, recovered] = [0, 0, 0, 0];
  const result = (outcome: Outcome, coveredSinceMs = certainMs): SectionPass => ({
    ...outcome,
    ...{ attempts, entries, pages, recovered, coveredSinceMs },
  });
  for await (const page of options.history.attempts(hook, from)) {
    if (page.kind !== 'ok') return result(problemOf(page));
    entries += page.data.length;
    attempts += page.data.filter(({ isCounted }) => isCounted).length;
    const within = page.data.filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs);
    const counted = within.filter(({ isCounted }) => isCounted);
    const taken = await takePage(hook, counted, options);
    recovered += taken.recovered;
    if (!taken.isComplete) return result(taken);
    if (within.length < page.data.length) return result(taken, sinceMs);
    if (page.next === null) break;
    await onPage(page.next);
    pages += 1;
  }
  return result({ isComplete: true });
}

/** Accepts what of a page did not come. */
async function takePage(hook: Hook, attempts: readonly DeliveryAttempt[], options: HookLogOptions) {
  const { engine, logger } = options;
  const events = new Map(attempts.map((attempt) => [attempt.guid, attempt]));
  const unseen = new Set(await engine.unseen([...events.keys()]));
  const missing = [...events.values()].filter(({ guid }) => unseen.has(guid)).reverse();
  if (missing.length > 0)
    logger.info('Lost deliveries found in the log of a hook', {
      hook: hook.name,
      events: missing.length,
    });
  return fetchAll(hook, missing, options);
}

/** The oldest first. What was accepted stays so when a later one can't be fetched. */
async function fetchAll(
  hook: Hook,
  attempts: readonly DeliveryAttempt[],
  options: HookLogOptions,
): Promise<Outcome & { readonly recovered: number }> {
  const journal = await openReadingJournal(hook.name, options.engine);
  const { parts, skipped } = journal.split(attempts, STEP);
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

/** What can't be had for good counts as missing. */
async function fetchOne(
  hook: Hook,
  attempt: DeliveryAttempt,
  { history, clock, logger, retries }: HookLogOptions,
): Promise<ApiResult<Delivery | null>> {
  const about = { delivery: attempt.guid };
  const name = `delivery ${attempt.guid}`;
  const read = () => history.delivery(hook, attempt);
  const answer = await skipOnBug(read, { fallback: { kind: 'missing' }, logger, about });
  // A limit passes, and says when.
  if (answer.kind !== 'failed' || answer.retryAtMs !== null) {
    retries.passed(name);
    return answer;
  }
  return retries.failingForMs(name, clock()) >= GIVEN_UP_MS ? { kind: 'missing' } : answer;
}

/**
 * Whether a hook sends to us: other tools have hooks too. GitHub gives an event the same id for all hooks that it is sent to, so some of
 * what another hook delivered may be here; of what ours delivered, most is. Looks at the latest alone, and fetches nothing.
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
    if (delivered >= ENOUGH || attempts >= MOST_ATTEMPTS || within.length < page.data.length) break;
  }
  return here * 2 > delivered;
}

/** Readings of an event that ended the process, after which it is left alone. */
const MAX_CRASHES = 5;

/** What to read together, one part after the other, and what not at all. */
export interface Parts {
  readonly parts: readonly (readonly DeliveryAttempt[])[];
  readonly skipped: readonly DeliveryAttempt[];
}

export interface ReadingJournal {
  split(attempts: readonly DeliveryAttempt[], step: number): Parts;
  /** Does the work with the part noted meanwhile; resolves, and rejects, as the work does. */
  during<T>(part: readonly DeliveryAttempt[], work: () => Promise<T>): Promise<T>;
}

/**
 * Notes in the store which events of a hook are being read. To read one may end the process (no memory left), which nothing can catch, and
 * each start would do so again. The note of it stays then: the next process reads what was noted last and one by one, and leaves alone what has
 * ended too many.
 */
export async function openReadingJournal(
  hookName: string,
  notes: Pick<RecoveryNotes, 'readNote' | 'writeNote'>,
): Promise<ReadingJournal> {
  const name = `reading/${hookName}`;
  const crashes = new Map<string, number>(JSON.parse((await notes.readNote(name)) ?? '[]'));
  const write = () => notes.writeNote(name, crashes.size === 0 ? null : JSON.stringify([...crashes]));
  return {
    split(attempts, step) {
      const count = ({ guid }: DeliveryAttempt) => crashes.get(guid) ?? 0;
      const free = attempts.filter((attempt) => count(attempt) === 0);
      const noted = attempts.filter((attempt) => count(attempt) > 0 && count(attempt) < MAX_CRASHES);
      const together = Array.from({ length: Math.ceil(free.length / step) }, (_, part) =>
        free.slice(part * step, (part + 1) * step),
      );
      return {
        parts: [...together, ...noted.map((attempt) => [attempt])],
        skipped: attempts.filter((attempt) => count(attempt) >= MAX_CRASHES),
      };
    },
    async during(part, work) {
      for (const { guid } of part) crashes.set(guid, (crashes.get(guid) ?? 0) + 1);
      await write();
      try {
        return await work();
      } finally {
        for (const { guid } of part) crashes.delete(guid);
        await write();
      }
    },
  };
}
