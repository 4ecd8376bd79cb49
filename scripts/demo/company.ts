import { randomBytes } from 'node:crypto';
import { companyTraffic, companyWorld } from '../../simulator/company/company-traffic.ts';
import { COMPANY } from '../../simulator/company/people.ts';
import type { SimulatedDelivery } from '../../simulator/deliveries.ts';
import type { Run } from '../../simulator/model.ts';
import { pauseUntil } from '../../simulator/pause.ts';
import type { DeliveryLog } from '../../simulator/rest/delivery-log.ts';
import { openSimulatedGitHub } from '../../simulator/rest/simulated-github.ts';
import type { Way } from './demo.ts';

/** A company as GitHub knows it, with GitHub's API. */
export interface Company extends AsyncDisposable {
  /** Of a service that asks the API. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of the organization's webhook: the outcomes of what is sent. */
  readonly log: Pick<DeliveryLog, 'record'>;
  /** Lets it work. Takes seconds, in which nothing else happens in this process. */
  work(): CompanyPost;
}

export interface CompanyPost {
  /** Calls `onShown` when the service shows what is under way. */
  send(
    to: { readonly present: Way; readonly past: Way },
    signal: AbortSignal,
    onShown: () => void,
  ): Promise<void>;
}

/** All that the organization's webhook sends. */
export const HOOK_EVENTS = [
  ...['workflow_run', 'workflow_job', 'workflow_dispatch'],
  ...['deployment', 'deployment_status', 'deployment_review'],
];

/** @param startMs How long a service needs to start. */
export async function openCompany(pastMs: number, startMs: number): Promise<Company> {
  const presentMs = Math.ceil((Date.now() + startMs) / 1000) * 1000;
  const played: Run[] = [];
  const options = { seed: 'demo', pastMs, presentMs, played };
  const token = `ghp_${randomBytes(18).toString('hex')}`;
  const github = await openSimulatedGitHub({
    ...{ world: companyWorld(options, played), clock: Date.now, personalTokens: [token] },
    ...{ hooks: ['organization'], hookEvents: HOOK_EVENTS, touched: 0 },
  });
  return {
    settings: {
      ANT_WATCHER_GITHUB_API_URL: github.url,
      ANT_WATCHER_GITHUB_TOKEN: token,
      ANT_WATCHER_GITHUB_ANNOTATIONS: 'true',
      ANT_WATCHER_GITHUB_BILLING: COMPANY.login,
      ANT_WATCHER_RECOVERY_INTERVAL: '1m',
    },
    log: github.log,
    work() {
      const traffic = companyTraffic(options);
      return {
        async send({ present, past }, signal, onShown) {
          await Promise.all([
            sendPresent(traffic.present, { presentMs, way: present, signal, onShown }),
            sendAll(traffic.past, past, signal),
          ]);
        },
      };
    },
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}

interface Present {
  readonly presentMs: number;
  readonly way: Way;
  readonly signal: AbortSignal;
  readonly onShown: () => void;
}

/** Each delivery at its time. */
async function sendPresent(
  deliveries: Iterable<SimulatedDelivery>,
  { presentMs, way, signal, onShown }: Present,
): Promise<void> {
  let isShown = false;
  for (const delivery of deliveries) {
    if (!isShown && delivery.atMs > presentMs) {
      await way.settle();
      isShown = true;
      onShown();
    }
    await pauseUntil(delivery.atMs, signal);
    if (signal.aborted) break;
    await way.send(delivery);
  }
  await way.settle();
}

async function sendAll(
  deliveries: Iterable<SimulatedDelivery>,
  way: Way,
  signal: AbortSignal,
): Promise<void> {
  for (const delivery of deliveries) {
    if (signal.aborted) break;
    await way.send(delivery);
  }
  await way.settle();
}
