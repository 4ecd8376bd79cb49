import {
  type BilledRow,
  type BillingReport,
  billingNote,
  daysOf,
  monthOf,
  REPORT_LASTS_MS,
  readBillingReport,
  sumRows,
} from '../domain/billing.ts';
import { DOMAIN } from '../domain/catalogue.ts';
import type { Clock, Logger, RecoveryNotes } from '../domain/contracts.ts';
import type { ApiResult, BilledUse, GitHubBilling } from '../domain/github-api.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { AccessProblems } from './access-problems.ts';
import { problemOf } from './outcome.ts';

/*
 * What GitHub billed, read every few hours and stored, so that a restart asks for nothing and shows the same.
 */

export interface BillingWatchOptions {
  readonly billing: GitHubBilling;
  /** Organizations, users, and `enterprises/NAME`. */
  readonly owners: readonly string[];
  readonly notes: Pick<RecoveryNotes, 'readNote' | 'writeNote'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly accessProblems: Pick<AccessProblems, 'note' | 'clear'>;
}

const LOOK_EVERY_MS = 60_000;
/** GitHub's figures lag by about a day. */
const READ_EVERY_MS = 6 * 3_600_000;
/** After a failure, or where access may be granted. */
const RETRY_MS = 15 * 60_000;
/** Until this day of a month, the one before may still change. */
const SETTLED_DAY = 8;

const MONTHS = { current: 0, previous: 1 } as const;
/** GitHub answers 404 where it has no such report, and where a classic token lacks a scope. */
const MISSING_HINT = 'is the name right, and may this login read its bills? Enterprise Server has none';

/** Looks now, and then once a minute whether it is time to read. */
export function startBillingWatch(options: BillingWatchOptions): BillingWatch & Pick<Repetition, 'close'> {
  const watch = new BillingWatch(options);
  const looks = repeatEvery(LOOK_EVERY_MS, () => watch.look(), { firstAfterMs: 0 });
  return Object.assign(watch, {
    async close() {
      watch.stop();
      await looks.close();
    },
  });
}

export class BillingWatch {
  readonly #options: BillingWatchOptions;
  readonly #reports = new Map<string, BillingReport>();
  readonly #restsUntilMs = new Map<string, number>();
  readonly #failures: SparingLog;
  /** Why there is no report of an owner. */
  readonly #missing = new Map<string, string>();
  #isRead = false;
  #isStopped = false;

  constructor(options: BillingWatchOptions) {
    this.#options = options;
    this.#failures = new SparingLog((fields) => options.logger.warn('billing_not_read', fields), null);
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Reads the reports that are due. */
  async look(): Promise<void> {
    await unlessUnavailable(
      async () => {
        await this.#readStored();
        for (const owner of this.#options.owners) if (!this.#isStopped) await this.#readIfDue(owner);
      },
      (err) => this.#options.logger.warn('billing_paused', { err }),
    );
  }

  readings(): GaugeReading[] {
    const nowMs = this.#options.clock();
    return [...this.#reports.values()]
      .filter(({ atMs }) => nowMs - atMs <= REPORT_LASTS_MS)
      .flatMap((report) => readingsOf(report, nowMs));
  }

  /** Why nothing is known of the bill of an owner, in a sentence for each of them. */
  missing(): string[] {
    return [...this.#missing.values()];
  }

  async #readStored(): Promise<void> {
    if (this.#isRead) return;
    const { owners, notes, clock } = this.#options;
    for (const owner of owners) {
      const report = readBillingReport(await notes.readNote(billingNote(owner)), clock());
      if (report !== null) this.#reports.set(owner, report);
    }
    this.#isRead = true;
  }

  async #readIfDue(owner: string): Promise<void> {
    const nowMs = this.#options.clock();
    const before = this.#reports.get(owner);
    // A clock that was set back makes a report due, too.
    const isFresh = before !== undefined && Math.abs(nowMs - before.atMs) < READ_EVERY_MS;
    const restsUntilMs = this.#restsUntilMs.get(owner) ?? 0;
    if (isFresh || (nowMs < restsUntilMs && restsUntilMs - nowMs <= READ_EVERY_MS)) return;
    const [month, lastMonth] = [monthOf(nowMs), monthOf(nowMs, MONTHS.previous)];
    const kept = settledRows(before, lastMonth, nowMs);
    const days = kept.length > 0 ? [] : daysOf(lastMonth, nowMs);
    const answer = await this.#options.billing.usage(owner, [...days, ...daysOf(month, nowMs)]);
    if (!this.#isStopped) await this.#take(owner, kept, answer);
  }

  async #take(owner: string, kept: readonly BilledRow[], answer: ApiResult<BilledUse>): Promise<void> {
    const { clock, notes, accessProblems } = this.#options;
    const nowMs = clock();
    const target = `the bill of ${owner}`;
    if (answer.kind === 'ok') {
      const accounts = answer.data.accounts.length > 0 ? answer.data.accounts : [owner.toLowerCase()];
      const report = { owner, atMs: nowMs, accounts, rows: [...kept, ...answer.data.rows] };
      await notes.writeNote(billingNote(owner), JSON.stringify(report));
      this.#reports.set(owner, report);
      this.#missing.delete(owner);
      this.#failures.end(owner);
      accessProblems.clear(target);
      return;
    }
    const found = problemOf(answer);
    const problem = answer.kind === 'missing' ? { ...found, hint: MISSING_HINT } : found;
    const hint = problem.hint === null ? '' : `: ${problem.hint}`;
    this.#missing.set(
      owner,
      answer.kind === 'failed'
        ? `The bill of ${owner} could not be read (${problem.reason}); it is tried again.`
        : `GitHub does not show ${target} (${problem.reason})${hint}.`,
    );
    this.#restsUntilMs.set(owner, Math.max(nowMs + RETRY_MS, problem.retryAtMs ?? 0));
    if (answer.kind === 'failed') this.#failures.log({ owner, reason: answer.reason }, { key: owner });
    else accessProblems.note(target, problem, { isLogged: answer.kind === 'forbidden', isExtra: true });
  }
}

/** Of a month that no longer changes; empty if it has to be read. */
function settledRows(before: BillingReport | undefined, month: string, nowMs: number): BilledRow[] {
  const settledMs = Date.parse(`${monthOf(nowMs)}-01`) + (SETTLED_DAY - 1) * 86_400_000;
  if (before === undefined || before.atMs < settledMs || nowMs < settledMs) return [];
  return before.rows.filter(({ day }) => day.startsWith(month));
}

function readingsOf({ owner, atMs, rows }: BillingReport, nowMs: number): GaugeReading[] {
  const ofMonths = Object.entries(MONTHS).flatMap(([month, monthsBefore]) => {
    const own = rows.filter(({ day }) => day.startsWith(monthOf(nowMs, monthsBefore)));
    return [
      ...sumRows(own, ['product', 'sku']).flatMap(({ product, sku, gross, discount, net }) => [
        readingOf(DOMAIN.billingGross, [owner, product, sku, month], gross),
        readingOf(DOMAIN.billingDiscount, [owner, product, sku, month], discount),
        readingOf(DOMAIN.billingNet, [owner, product, sku, month], net),
      ]),
      ...sumRows(own, ['product', 'sku', 'unit']).map(({ product, sku, unit, quantity }) =>
        readingOf(DOMAIN.billingQuantity, [owner, product, sku, unit, month], quantity),
      ),
    ];
  });
  return [...ofMonths, readingOf(DOMAIN.billingReport, [owner], atMs / 1000)];
}
