import type { Clock } from '../../domain/contracts.ts';
import type { ApiResult } from '../../domain/github-api.ts';
import { type Installation, type InstallationCredential, readInstallation } from './installation.ts';

/** When a list is old enough to be read again; earlier if the owner is not in it. */
const OLD_AFTER_MS = 3_600_000;
const LOOK_AGAIN_AFTER_MS = 10 * 60_000;
/** After a failure, and when an installation is gone: it may be back under another id. */
const ASK_AGAIN_AFTER_MS = 60_000;

export interface InstallationsOptions {
  readonly clock: Clock;
  /** The pages of `GET /app/installations`. */
  readonly list: () => AsyncIterable<ApiResult<unknown>>;
  readonly open: (installation: Installation) => InstallationCredential;
}

type Listed = ApiResult<readonly InstallationCredential[]>;

/**
 * Where the App is installed, by owner. GitHub reports a suspended installation when a token is requested.
 */
export class Installations {
  readonly #options: InstallationsOptions;
  /** By id; kept with their tokens when the list is read again. */
  readonly #byId = new Map<number, InstallationCredential>();
  #listed: Listed = { kind: 'missing' };
  #listedAtMs = Number.NEGATIVE_INFINITY;
  #listing: Promise<Listed> | null = null;

  constructor(options: InstallationsOptions) {
    this.#options = options;
  }

  /** The installation at that owner; `data` is null if there is none. Owner names are case-insensitive. */
  async find(owner: string): Promise<ApiResult<InstallationCredential | null>> {
    const inList = (listed: Listed) =>
      listed.kind === 'ok'
        ? listed.data.find((each) => each.owner.toLowerCase() === owner.toLowerCase())
        : undefined;
    let listed = await this.all();
    const found = inList(listed);
    if (listed.kind === 'ok' && found === undefined) listed = await this.#read(LOOK_AGAIN_AFTER_MS);
    if (found?.isGone) listed = await this.#read(ASK_AGAIN_AFTER_MS);
    return listed.kind === 'ok' ? { ...listed, data: inList(listed) ?? null } : listed;
  }

  async all(): Promise<Listed> {
    return this.#read(this.#listed.kind === 'ok' ? OLD_AFTER_MS : ASK_AGAIN_AFTER_MS);
  }

  /** The list, read again if it is older than that. If reading fails, the old list stays. */
  async #read(maxAgeMs: number): Promise<Listed> {
    if (this.#options.clock() - this.#listedAtMs < maxAgeMs) return this.#listed;
    this.#listing ??= this.#list().finally(() => {
      this.#listing = null;
    });
    const listed = await this.#listing;
    if (listed.kind === 'ok' || this.#listed.kind !== 'ok') this.#listed = listed;
    this.#listedAtMs = this.#options.clock();
    return this.#listed;
  }

  async #list(): Promise<Listed> {
    const found: InstallationCredential[] = [];
    for await (const page of this.#options.list()) {
      if (page.kind !== 'ok') return page;
      for (const entry of Array.isArray(page.data) ? page.data : []) {
        const installation = readInstallation(entry);
        if (installation !== null) found.push(this.#open(installation));
      }
    }
    return { kind: 'ok', data: found, next: null, fromCache: false };
  }

  #open(installation: Installation): InstallationCredential {
    const credential = this.#byId.get(installation.id) ?? this.#options.open(installation);
    this.#byId.set(installation.id, credential);
    return credential;
  }
}
