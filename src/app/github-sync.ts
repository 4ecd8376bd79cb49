import { isDeepStrictEqual } from 'node:util';
import type { GitHub } from '../domain/github-api.ts';
import { type GitHubMemory, openGitHubMemory } from '../github/client/memory.ts';
import {
  openGitHubOf,
  openRecovery,
  type RecoveryNeeds,
  type RecoveryValues,
  type RunningRecovery,
} from './start-sync.ts';

/** What `adopt` is to put in force. */
export interface PreparedRecovery {
  readonly values: RecoveryValues;
  readonly memory: GitHubMemory;
  /** Null: there is nothing to log in with. */
  readonly github: GitHub | null;
}

/**
 * What asks GitHub's API, ended and begun anew when its values change. Its marks are stored, so nothing is missed by that; what is
 * known of the rate limits, and the answers that are kept, go on for the same login. A backfill under way ends.
 */
export class LiveRecovery implements AsyncDisposable {
  /** Rejects when a part of it fails for good. Never resolves. */
  readonly failed: Promise<never>;
  readonly #failure = Promise.withResolvers<never>();
  readonly #mode: 'recover' | 'poll';
  readonly #needs: RecoveryNeeds;
  #inForce: PreparedRecovery | null = null;
  #running: RunningRecovery | null = null;

  constructor(mode: 'recover' | 'poll', needs: RecoveryNeeds) {
    this.#mode = mode;
    this.#needs = needs;
    this.failed = this.#failure.promise;
    this.failed.catch(() => undefined);
  }

  /** Null: nothing asks, because there is nothing to log in with. */
  get running(): RunningRecovery | null {
    return this.#running;
  }

  /** Sends nothing yet. Null: these values are in force. Throws `config_invalid` for values that can't work. */
  prepare({ github, network, recovery, storage }: RecoveryValues): PreparedRecovery | null {
    const values = { github, network, recovery, storage: { retentionMs: storage.retentionMs } };
    const before = this.#inForce;
    if (before !== null && isDeepStrictEqual(values, before.values)) return null;
    const isSame = before !== null && isDeepStrictEqual(loginOf(values), loginOf(before.values));
    const memory = isSame ? before.memory : openGitHubMemory();
    return { values, memory, github: openGitHubOf(values, { ...this.#needs, memory }) };
  }

  /** Ends what is under way, and begins with these values. */
  async adopt(prepared: PreparedRecovery | null): Promise<void> {
    if (prepared === null) return;
    await this[Symbol.asyncDispose]();
    const { values, github } = prepared;
    this.#inForce = prepared;
    if (github === null) return;
    this.#running = openRecovery(github, this.#mode, values, this.#needs);
    this.#running.failed.catch(this.#failure.reject);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.[Symbol.asyncDispose]();
  }
}

function loginOf({ github: { apiUrl, token, appId, appPrivateKey } }: RecoveryValues): unknown {
  return { apiUrl, token, appId, appPrivateKey };
}
