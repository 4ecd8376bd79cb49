import type { Clock } from '../../domain/contracts.ts';
import type { ApiResult, CredentialInfo, GetOptions, GitHub, Implausible } from '../../domain/github-api.ts';
import type { GaugeReading } from '../../domain/metric.ts';
import type { Agents } from '../../outbound/agents.ts';
import { isListOf, isNumbered, isObject } from '../shapes.ts';
import type { ApiRequest } from './conclude.ts';
import type { AppCredential, Credential, CredentialRefusals, TokenCredential } from './credentials.ts';
import type { Gate } from './gate.ts';
import { InstallationCredential } from './installation.ts';
import { Installations } from './installations.ts';
import { ListGuard, USUAL_LIMIT } from './list-guard.ts';
import type { Distrust, Forbid } from './notices.ts';
import { permissionOf } from './permissions.ts';
import type { Requester } from './requester.ts';
import type { ServerClock } from './response-headers.ts';
import { isWithin, urlOf } from './route.ts';

export interface ClientParts {
  readonly baseUrl: string;
  readonly token: TokenCredential | null;
  readonly app: AppCredential | null;
  readonly gate: Gate;
  readonly requester: Requester;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly forbid: Forbid;
  readonly distrust: Distrust;
  readonly refusals: CredentialRefusals;
  readonly closing: AbortController;
  readonly agents: Agents;
}

const INSTALLATIONS = '/app/installations';
const MINT = '/app/installations/{installation_id}/access_tokens';

/** Finds the credentials for an owner, and follows pages. */
export class GitHubClient implements GitHub {
  readonly #parts: ClientParts;
  readonly #installations: Installations;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    const { clock, serverClock, forbid } = parts;
    this.#installations = new Installations({
      clock,
      list: () =>
        this.pages(INSTALLATIONS, {
          owner: null,
          priority: 'recovery',
          params: { per_page: 100 },
          isReadable: isListOf(isNumbered),
        }),
      open: (installation) =>
        new InstallationCredential(installation, (id) => this.#mint(id), serverClock, forbid),
    });
  }

  async get(route: string, options: GetOptions): Promise<ApiResult<unknown>> {
    const { baseUrl, requester } = this.#parts;
    const { owner, from } = options;
    if (from !== undefined && !isWithin(baseUrl, from))
      return { kind: 'failed', reason: 'the page belongs to another GitHub server', retryAtMs: null };
    const url = this.#urlOf(route, options);
    if (url === null) return { kind: 'missing' };
    const credentials = await this.#credentialsFor(route, owner);
    if (credentials.kind !== 'ok') return credentials;
    const { priority, conditional: isConditional = false, isReadable = () => true } = options;
    const request = {
      method: 'GET',
      route,
      url,
      priority,
      isConditional,
      isReadable,
      isNested: false,
    } as const;
    return requester.run({ ...request, credentials: credentials.data });
  }

  async *pages(route: string, options: GetOptions): AsyncIterable<ApiResult<unknown>> {
    const first = this.#urlOf(route, options);
    if (first === null) return yield { kind: 'missing' };
    const guard = new ListGuard(first, options.limit ?? USUAL_LIMIT);
    for (let from = options.from; ; ) {
      const answer = await this.get(route, from === undefined ? options : { ...options, from });
      if (answer.kind !== 'ok') return yield answer;
      const { data, next, bytes = 0 } = answer;
      const problem = guard.pageProblem(data, next);
      if (problem !== null) return yield this.distrust(route, problem);
      yield answer;
      if (next === null) return;
      const trouble = guard.nextProblem(next, bytes);
      if (trouble !== null) return yield this.distrust(route, trouble);
      from = next;
    }
  }

  distrust(route: string, problem: Implausible): ApiResult<never> {
    return this.#parts.distrust(route, problem);
  }

  async credentials(): Promise<ApiResult<readonly CredentialInfo[]>> {
    const { app, token } = this.#parts;
    const own = token === null ? [] : [{ name: token.name, owner: null }];
    if (app === null) return ok(own);
    const listed = await this.#installations.all();
    return listed.kind === 'ok'
      ? ok([...listed.data.map(({ name, owner }) => ({ name, owner })), ...own])
      : listed;
  }

  refusals(): readonly string[] {
    return this.#parts.refusals.sentences();
  }

  readings(): GaugeReading[] {
    const { gate, serverClock, clock } = this.#parts;
    return gate.readings(serverClock.nowMs() - clock());
  }

  async close(): Promise<void> {
    this.#parts.closing.abort();
    this.#parts.agents[Symbol.dispose]();
    this.#parts.gate.close();
  }

  /** Null for names that nothing can have. */
  #urlOf(route: string, { owner, params = {}, from }: GetOptions): URL | null {
    return from === undefined
      ? urlOf(this.#parts.baseUrl, route, { ...namesOf(route, owner), ...params })
      : new URL(from);
  }

  /** The App's installation first, then the token. */
  async #credentialsFor(route: string, owner: string | null): Promise<ApiResult<readonly Credential[]>> {
    const { app, token, forbid } = this.#parts;
    if (owner === null) {
      const own = /^\/app(\/|$)/.test(route) ? app : token;
      const { name, without } = permissionOf(route);
      if (own !== null) return ok([own]);
      return forbid(name, without, { endpoint: route }, { said: null, hint: `provide ${name}` });
    }
    const found = app === null ? null : await this.#installations.find(owner);
    const installation = found?.kind === 'ok' ? found.data : null;
    const all = [installation, token].filter((each) => each !== null);
    if (all.length > 0) return ok(all);
    if (found !== null && found.kind !== 'ok') return found;
    const without = 'nothing is read there; webhooks that come from there are counted';
    const denial = { said: null, hint: `install the App at ${owner}, or set github.token` };
    return forbid(`the App's installation at ${owner}`, without, { owner }, denial);
  }

  async #mint(installationId: number): Promise<ApiResult<unknown>> {
    const { app, baseUrl, requester } = this.#parts;
    const url = urlOf(baseUrl, MINT, { installation_id: installationId });
    if (app === null || url === null) throw new TypeError('only an App has installations');
    const request: ApiRequest = {
      method: 'POST',
      route: MINT,
      url,
      credentials: [app],
      priority: 'recovery',
      isConditional: false,
      isReadable: isObject,
      isNested: true,
    };
    return requester.run(request);
  }
}

function ok<T>(data: T): ApiResult<T> {
  return { kind: 'ok', data, next: null, fromCache: false };
}

/** The owner, under the names that GitHub's routes use for it. */
function namesOf(route: string, owner: string | null): Record<string, string> {
  const names = owner === null ? [] : ['owner', 'org'].filter((name) => route.includes(`{${name}}`));
  return Object.fromEntries(names.map((name) => [name, owner ?? '']));
}
