import type { Clock } from '../../src/domain/contracts.ts';
import type { SimulatedDelivery } from '../deliveries.ts';
import { createSender } from '../sender.ts';
import { signRequest } from '../signed-request.ts';
import type { DeliveryLog } from './delivery-log.ts';

/** Where webhooks are sent. */
export interface WebhookTarget {
  readonly url: URL;
  readonly secret?: string | undefined;
  readonly form?: boolean;
}

/** Sends single deliveries and logs their outcomes. */
export interface Hookshot extends AsyncDisposable {
  /** Sends it now. Resolves once it is answered or has failed; never rejects. */
  deliver(delivery: SimulatedDelivery): Promise<void>;
}

/** Requests under way at a time. */
const CONCURRENCY = 16;

/** Without a target every delivery fails. */
export function createHookshot(target: WebhookTarget | undefined, log: DeliveryLog, clock: Clock): Hookshot {
  const sender = target && createSender(target.url, CONCURRENCY);
  return {
    async deliver(delivery) {
      if (target === undefined || sender === undefined) return log.recordLost(delivery, clock());
      const { event, guid } = delivery;
      const request = signRequest(
        { event, guid, body: delivery.body() },
        target.secret,
        target.form ?? false,
      );
      const { promise, resolve } = Promise.withResolvers<void>();
      const answered: NonNullable<typeof request.answered> = (outcome) => {
        log.record(delivery, outcome, clock());
        resolve();
      };
      void sender.send({ ...request, answered });
      return promise;
    },
    async [Symbol.asyncDispose]() {
      await sender?.settle();
      await sender?.[Symbol.asyncDispose]();
    },
  };
}
