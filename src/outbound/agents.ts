import type { Agent } from 'node:http';
import { nodeHttp, nodeHttps } from '../http/node-http.ts';
import type { Network } from './network.ts';
import { proxyFor } from './proxies.ts';

export interface AgentOptions {
  /** For a proxy to open a tunnel, and for a connection without traffic. */
  readonly timeoutMs: number;
  /** To one server; default: one for each concurrent request. */
  readonly maxSockets?: number;
}

/** How a request to a URL is sent. */
export interface Route {
  readonly agent: Agent;
  /** Null: directly to the server. */
  readonly proxy: URL | null;
}

/**
 * Connections to servers, kept alive: through the proxy that the network settings name, or direct. Node.js
 * opens the tunnel through the proxy. Which servers are reached directly is decided here, because Node.js
 * does not support address ranges in `NO_PROXY`.
 */
export class Agents implements Disposable {
  readonly network: Network;
  readonly #options: AgentOptions;
  readonly #agents = new Map<string, Agent>();

  constructor(network: Network, options: AgentOptions) {
    this.network = network;
    this.#options = options;
  }

  routeTo(url: URL): Route {
    const proxy = proxyFor(url, this.network.proxies);
    const key = `${url.protocol} ${proxy?.href}`;
    const agent = this.#agents.get(key) ?? this.#open(url.protocol, proxy);
    this.#agents.set(key, agent);
    return { agent, proxy };
  }

  /** Closes all connections, including those in use. */
  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #open(protocol: string, proxy: URL | null): Agent {
    const { timeoutMs, maxSockets = Number.POSITIVE_INFINITY } = this.#options;
    const { caPem } = this.network;
    const proxyEnv = proxy === null ? {} : { proxyEnv: { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href } };
    const options = { keepAlive: true, maxSockets, timeout: timeoutMs, ...proxyEnv };
    if (protocol !== 'https:') return new (nodeHttp().Agent)(options);
    return new (nodeHttps().Agent)({ ...options, ...(caPem === null ? {} : { ca: caPem }) });
  }
}
