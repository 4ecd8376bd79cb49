import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { DeliveryAttempt, GitHubHistory, Hook } from '../domain/github-history.ts';
import { type Outcome, problemOf, STOPPED } from './outcome.ts';
import { setAsideOnBug } from './set-aside.ts';

export interface HookLogOptions {
  readonly history: Pick<GitHubHistory, 'attempts' | 'delivery'>;
  readonly engine: Pick<Engine, 'accept' | 'unseen'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends it between two steps. */
  readonly signal?: AbortSignal;
}

/** What is read of one log. */
export interface HookLogWish {
  readonly hook: Hook;
  readonly sinceMs: number;
  /** Whether it is certain that this hook sends to us. */
  readonly isOurs: boolean;
}

/** What became of reading it. */
export type HookLogPass = Outcome & {
  /** From then on nothing that this hook sends is missing, once the pass is complete. Null: it sends to somebody else. */
  readonly coveredSinceMs: number | null;
  /** Whether the log had anything in it. */
  readonly isInUse: boolean;
  readonly recovered: number;
};

/** GitHub keeps its log for three days, Enterprise Server for seven; an hour less makes it safe. */
const LOG_KEPT_MS = 71 * 3_600_000;
/** Events fetched, and made durable, together. */
const STEP = 50;

/**
 * Reads the log of a hook, the latest first, back to `sinceMs`, and accepts every event in it that did not come to us. Whether GitHub
 * takes an attempt for a success is no matter, so what a proxy answered and never handed on comes back too. (A filter by status would also miss
 * what was never answered: https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries.)
 */
export async function recoverFromLog(wish: HookLogWish, options: HookLogOptions): Promise<HookLogPass> {
  const { hook, sinceMs } = wish;
  const { engine, logger } = options;
  const log = await readLog(wish, options);
  const nothing = { isInUse: log.attempts.length > 0, recovered: 0 };
  if (!log.outcome.isComplete)
    return { ...log.outcome, ...nothing, coveredSinceMs: wish.isOurs ? log.coveredSinceMs : null };
  const within = log.attempts.filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs);
  const events = new Map(within.map((attempt) => [attempt.guid, attempt]));
  const unseen = new Set(await engine.unseen([...events.keys()]));
  if (!wish.isOurs && !sendsToUs(within, unseen))
    return { isComplete: true, ...nothing, coveredSinceMs: null };
  const missing = [...events.values()].filter(({ guid }) => unseen.has(guid)).reverse();
  if (missing.length > 0)
    logger.info('The log of a hook has events that did not come', {
      hook: hook.name,
      events: missing.length,
    });
  const fetched = await fetchAll(hook, missing, options);
  return { ...fetched, isInUse: nothing.isInUse, coveredSinceMs: log.coveredSinceMs };
}

async function readLog({ hook, sinceMs }: HookLogWish, { history, clock }: HookLogOptions) {
  // An entry from before proves that the log reaches so far back; else only what GitHub promises is certain.
  const certainMs = Math.max(sinceMs, clock() - LOG_KEPT_MS);
  const attempts: DeliveryAttempt[] = [];
  for await (const page of history.attempts(hook)) {
    if (page.kind !== 'ok') return { attempts, outcome: problemOf(page), coveredSinceMs: certainMs };
    attempts.push(...page.data);
    if (page.data.some(({ deliveredAtMs }) => deliveredAtMs < sinceMs))
      return { attempts, outcome: { isComplete: true } as const, coveredSinceMs: sinceMs };
  }
  return { attempts, outcome: { isComplete: true } as const, coveredSinceMs: certainMs };
}

/** Other tools have hooks too: most of what ours has delivered is here. */
function sendsToUs(attempts: readonly DeliveryAttempt[], unseen: ReadonlySet<string>): boolean {
  const delivered = new Set(attempts.filter(({ isDelivered }) => isDelivered).map(({ guid }) => guid));
  const here = [...delivered].filter((guid) => !unseen.has(guid));
  return here.length * 2 > delivered.size;
}

/** The oldest first. What was accepted stays so when a later one can't be fetched. */
async function fetchAll(
  hook: Hook,
  attempts: readonly DeliveryAttempt[],
  { history, engine, logger, signal }: HookLogOptions,
): Promise<Outcome & { readonly recovered: number }> {
  let recovered = 0;
  for (let start = 0; start < attempts.length; start += STEP) {
    if (signal?.aborted) return { ...STOPPED, recovered };
    const part = attempts.slice(start, start + STEP);
    const answers = await Promise.all(
      part.map((attempt) =>
        setAsideOnBug(() => history.delivery(hook, attempt), {
          instead: { kind: 'missing' },
          logger,
          about: { delivery: attempt.guid },
        }),
      ),
    );
    const found: Delivery[] = [];
    for (const [index, answer] of answers.entries()) {
      if (answer.kind === 'ok' && answer.data !== null) found.push(answer.data);
      else if (answer.kind === 'ok' || answer.kind === 'missing')
        logger.warn('A lost delivery can not be read from the log', { delivery: part[index]?.guid });
    }
    const outcomes = found.length === 0 ? [] : await engine.accept(found);
    recovered += outcomes.filter((outcome) => outcome === 'accepted').length;
    const failed = answers.find(({ kind }) => kind === 'failed' || kind === 'forbidden');
    if (failed !== undefined) return { ...problemOf(failed), recovered };
  }
  return { isComplete: true, recovered };
}
