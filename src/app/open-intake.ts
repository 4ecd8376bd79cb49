import type { Clock, Engine, Logger, Meter } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { realSleep } from '../github/client/gate.ts';
import { HookAddresses } from '../github/hook-addresses.ts';
import { actionOf, trimPayload } from '../github/trim-payload.ts';
import type { Certificate } from '../http/certificate.ts';
import type { Network } from '../outbound/network.ts';
import {
  openWebhookListener,
  type WebhookListener,
  type WebhookListenerOptions,
} from '../webhook/listener.ts';
import type { WebhookRules } from '../webhook/rules.ts';

/** The values of the settings that say how deliveries are received. */
export interface IntakeValues {
  readonly webhook: Omit<
    WebhookListenerOptions,
    | 'rules'
    | 'certificate'
    | 'githubAddresses'
    | 'isShortOfMemory'
    | 'inbox'
    | 'meter'
    | 'logger'
    | 'clock'
    | 'read'
  >;
  readonly github: { readonly apiUrl: string };
  readonly storage: { readonly url: string };
  readonly shutdown: { readonly graceMs: number };
}

export interface IntakeNeeds {
  readonly version: string;
  readonly engine: Engine;
  readonly meter: Meter;
  readonly isShortOfMemory: () => boolean;
  readonly certificates: { readonly webhook: Certificate | null };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Who is let in, asked for at each request. */
  readonly rules: () => WebhookRules;
  /** How GitHub is reached, asked for at each request. */
  readonly network: () => Network;
}

const MAX_CLOSE_GRACE_MS = 5000;

/** Listens for GitHub's webhooks, and keeps in mind where they come from. Throws `listen_failed`. */
export async function openIntake(
  { webhook, github, storage, shutdown }: IntakeValues,
  needs: IntakeNeeds,
): Promise<WebhookListener> {
  const { engine, rules } = needs;
  await using parts = new AsyncDisposableStack();
  const githubAddresses = parts.use(
    new HookAddresses({
      ...needs,
      apiUrl: github.apiUrl,
      file: fileBeside(storage.url),
      isWanted: () => rules().allowed?.github === true,
      sleep: realSleep,
    }),
  );
  const listener = await openWebhookListener({
    ...webhook,
    ...needs,
    githubAddresses,
    certificate: needs.certificates.webhook,
    // A request that stalls may not use up the time that the rest of the way needs.
    closeGraceMs: Math.min(MAX_CLOSE_GRACE_MS, shutdown.graceMs / 2),
    inbox: engine,
    read: (event, payload) => ({ action: actionOf(payload), payload: trimPayload(event, payload) }),
  });
  parts.defer(() => listener.close());
  const opened = parts.move();
  return {
    ...listener,
    readings: (): GaugeReading[] => [...listener.readings(), ...githubAddresses.readings()],
    close: () => opened.disposeAsync(),
  };
}

/** A store in memory has nothing beside it. */
function fileBeside(storageUrl: string): string | null {
  const [, path] = /^sqlite:(.+)$/.exec(storageUrl) ?? [];
  return path === undefined ? null : `${path}.github-hooks.json`;
}
