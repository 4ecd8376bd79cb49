import { companyTraffic } from '../../simulator/company/company-traffic.ts';
import type { SimulatedDelivery } from '../../simulator/deliveries.ts';
import { pauseUntil } from '../../simulator/pause.ts';

/** What is shown, and how. */
export interface Demo {
  /** How much of the company's past. */
  readonly pastMs: number;
  /** Null: until `stop`. */
  readonly durationMs: number | null;
  readonly anyPorts: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  say(line: string): void;
}

/** A way to the service. */
export interface Way {
  /** Resolves when there is room for another one. */
  send(delivery: SimulatedDelivery): Promise<void>;
  /** Resolves when everything sent is answered. */
  settle(): Promise<void>;
}

/** Of deliveries under way. Of the past not more than are processed at once, so that the present never queues. */
export const CONCURRENCY = { past: 16, present: 64 };

/** What the company's own runners cost a minute, in dollars, and its teams. */
export const SETTINGS = {
  ANT_WATCHER_PRICES_RULES:
    'ubuntu-latest-8-cores=linux_8_core, group:Build machines=self_hosted:0.004, group:GPU machines=self_hosted:0.03, group:Kubernetes=self_hosted:0.003',
  ANT_WATCHER_METRICS_REPOSITORY_LABELS: 'team=team',
};

export interface CompanyPost {
  /** Calls `onShown` when the service shows what is under way. */
  send(
    to: { readonly present: Way; readonly past: Way },
    signal: AbortSignal,
    onShown: () => void,
  ): Promise<void>;
}

/** What GitHub sends about a company to a service that is ready in `startMs`. */
export function companyPost(pastMs: number, startMs: number): CompanyPost {
  const presentMs = Math.ceil((Date.now() + startMs) / 1000) * 1000;
  const traffic = companyTraffic({ seed: 'demo', pastMs, presentMs });
  return {
    async send({ present, past }, signal, onShown) {
      await Promise.all([
        sendPresent(traffic.present, { presentMs, way: present, signal, onShown }),
        sendAll(traffic.past, past, signal),
      ]);
    },
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
