import type { GitHubHistory, Hook } from '../domain/github-history.ts';
import { type HookLogOptions, recoverFromLog } from './hook-log.ts';
import { type Marks, OVERLAP_MS } from './marks.ts';
import type { Outcome } from './outcome.ts';
import type { Report } from './report.ts';

export interface LogReadingOptions extends HookLogOptions {
  readonly history: Pick<GitHubHistory, 'attempts' | 'delivery' | 'hooksOf'>;
  readonly report: Report;
  readonly signal: AbortSignal;
}

const NEVER = Number.POSITIVE_INFINITY;

export interface Coverage {
  /** From then on nothing is missing. */
  readonly sinceMs: number;
  /** From then on nothing will be, once the log is read to its end. */
  readonly pendingMs: number;
}

/** Reads the logs of hooks, each once in a pass. */
export class LogReading {
  readonly #options: LogReadingOptions;
  readonly #marks: Marks;
  readonly #nowMs: number;
  readonly #note: (outcome: Outcome) => void;
  /** Owners whose hooks we may not read: there is no use in asking for each repository. */
  readonly #closed = new Set<string>();

  constructor(options: LogReadingOptions, marks: Marks, nowMs: number, note: (outcome: Outcome) => void) {
    this.#options = options;
    this.#marks = marks;
    this.#nowMs = nowMs;
    this.#note = note;
  }

  /** The hooks of an owner, or of a repository; none where we may not read them. */
  async hooksOf(place: string): Promise<readonly Hook[]> {
    const isRepository = place.includes('/');
    const [owner = ''] = place.split('/');
    if (this.#options.signal.aborted || (isRepository && this.#closed.has(owner))) return [];
    const hooks = await this.#options.history.hooksOf(place);
    if (isRepository && hooks.kind === 'forbidden') this.#closed.add(owner);
    return hooks.kind === 'ok' ? hooks.data : [];
  }

  /** The earliest moment from which on one of the hooks has everything; `Infinity`: none has. */
  async read(hooks: readonly Hook[]): Promise<Coverage> {
    let [sinceMs, pendingMs] = [NEVER, NEVER];
    for (const hook of hooks) {
      const one = await this.#readOne(hook);
      [sinceMs, pendingMs] = [Math.min(sinceMs, one.sinceMs), Math.min(pendingMs, one.pendingMs)];
    }
    return { sinceMs, pendingMs };
  }

  async #readOne(hook: Hook): Promise<Coverage> {
    const { report } = this.#options;
    const markMs = await this.#marks.ofHook(hook.name);
    const sinceMs = Math.max((markMs ?? this.#marks.beginMs) - OVERLAP_MS, this.#marks.beginMs);
    const wish = { hook, sinceMs, isOurs: markMs !== null || hook.owner === null };
    const pass = await report.pass('hook_log', { hook: hook.name }, () =>
      recoverFromLog(wish, this.#options),
    );
    this.#note(pass);
    const { coveredSinceMs, isInUse } = pass;
    // An App's hook that is switched off has an empty log.
    const isProven = markMs !== null || isInUse;
    if (coveredSinceMs === null || !isProven) return { sinceMs: NEVER, pendingMs: NEVER };
    if (!pass.isComplete) return { sinceMs: NEVER, pendingMs: pass.isHopeless ? NEVER : coveredSinceMs };
    await this.#marks.setHook(hook.name, this.#nowMs);
    return { sinceMs: coveredSinceMs, pendingMs: NEVER };
  }
}
