import type { Clock, Logger } from '../domain/contracts.ts';
import type { DeliveryAttempt, Hook } from '../domain/github-history.ts';
import { isoTime } from '../domain/iso-time.ts';
import { type GaugeReading, type Metric, readingOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';

/** So many attempts in a row decide: one that failed may be a restart. */
const IN_A_ROW = 3;
/** What was not read for so long, because another log has all that it has, is no longer known. */
const REMEMBERED_MS = 2 * 86_400_000;
const MAX_HOOKS_NAMED = 5;

interface SeenHook {
  readonly of: string;
  lastDeliveryMs: number | null;
  lastFailureMs: number | null;
  /** What GitHub saw last; null: it reaches us. */
  failing: { readonly said: string; readonly sinceMs: number } | null;
  readAtMs: number;
}

/** Whether GitHub reaches us, as its logs of the hooks show it: warned of once, until it is over. */
export class HookWatch {
  readonly #steady: Clock;
  readonly #logger: Logger;
  readonly #byName = new Map<string, SeenHook>();

  constructor({ steady, logger }: { readonly steady: Clock; readonly logger: Logger }) {
    this.#steady = steady;
    this.#logger = logger;
  }

  /** What was read of a hook that is ours, latest first; `isLatest`: it begins with the latest entry of the log. */
  see({ name, of }: Hook, attempts: readonly DeliveryAttempt[], isLatest: boolean): void {
    const hook = this.#byName.get(name) ?? {
      ...{ of, lastDeliveryMs: null, lastFailureMs: null, failing: null, readAtMs: 0 },
    };
    this.#byName.set(name, hook);
    hook.readAtMs = this.#steady();
    for (const { isDelivered, deliveredAtMs } of attempts) {
      const key = isDelivered ? 'lastDeliveryMs' : 'lastFailureMs';
      hook[key] = Math.max(hook[key] ?? 0, deliveredAtMs);
    }
    if (isLatest) this.#judge(hook, attempts);
  }

  /** All hooks that there are of that owner or repository: one that was removed has no problem any more. */
  listed(of: string, hooks: readonly Hook[]): void {
    for (const [name, seen] of this.#byName)
      if (seen.of === of && !hooks.some((hook) => hook.name === name)) this.#byName.delete(name);
  }

  readings(): GaugeReading[] {
    const byPlace = Map.groupBy(this.#current(), ({ of }) => of);
    return Array.from(byPlace, ([of, hooks]) => [
      ...latestOf(
        SELF.hookLastDelivery,
        of,
        hooks.map(({ lastDeliveryMs }) => lastDeliveryMs),
      ),
      ...latestOf(
        SELF.hookLastFailure,
        of,
        hooks.map(({ lastFailureMs }) => lastFailureMs),
      ),
    ]).flat();
  }

  /** A sentence for each hook that does not reach us, with GitHub's words. */
  sentences(): string[] {
    const failing = this.#current().flatMap(({ of, failing: problem }) =>
      problem === null
        ? []
        : [
            `GitHub can't deliver webhooks of ${of} (${problem.said}, since ${isoTime(problem.sinceMs)}): ${HINT}.`,
          ],
    );
    const more = failing.length - MAX_HOOKS_NAMED;
    return more <= 0
      ? failing
      : [...failing.slice(0, MAX_HOOKS_NAMED), `${more} more webhooks don't reach us either.`];
  }

  #judge(hook: SeenHook, attempts: readonly DeliveryAttempt[]): void {
    const latest = attempts.slice(0, IN_A_ROW);
    const failed = latest.filter(({ isDelivered }) => !isDelivered);
    const [first] = latest;
    if (first === undefined) return;
    if (failed.length === 0) this.#clear(hook);
    if (failed.length < latest.length) return;
    const row = attempts.slice(0, attempts.findIndex(({ isDelivered }) => isDelivered) >>> 0);
    const sinceMs = hook.failing?.sinceMs ?? row.at(-1)?.deliveredAtMs ?? first.deliveredAtMs;
    const isNew = hook.failing === null;
    hook.failing = { said: first.said, sinceMs };
    if (!isNew) return;
    const { of } = hook;
    const fields = { hook: of, said: first.said, since: isoTime(sinceMs), hint: HINT };
    this.#logger.warn('hook_not_reaching_us', fields);
  }

  #clear(hook: SeenHook): void {
    if (hook.failing === null) return;
    const since = isoTime(hook.failing.sinceMs);
    hook.failing = null;
    this.#logger.info('GitHub delivers webhooks again', { hook: hook.of, since });
  }

  #current(): SeenHook[] {
    const nowMs = this.#steady();
    for (const [name, { readAtMs }] of this.#byName)
      if (nowMs - readAtMs > REMEMBERED_MS) this.#byName.delete(name);
    return [...this.#byName.values()];
  }
}

function latestOf(metric: Metric, of: string, times: readonly (number | null)[]): GaugeReading[] {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? [] : [readingOf(metric, [of], Math.max(...known) / 1000)];
}

const HINT =
  "is the payload URL in the webhook's settings the one of webhook.path, can GitHub reach it, and is the secret the same";
