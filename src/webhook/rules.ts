import type { KeyObject } from 'node:crypto';
import { signatureKeys } from '../middleware/signature.ts';

/** The settings that say what is taken. */
export interface WebhookRuleValues {
  /** A delivery signed with any of them is taken. */
  readonly secrets: readonly string[];
  /** How many deliveries may wait to be made durable. */
  readonly maxWaiting: number;
}

/** What is taken, made ready for use. Never changed: new settings are a new object. */
export interface WebhookRules extends Omit<WebhookRuleValues, 'secrets'> {
  readonly keys: readonly KeyObject[];
}

/** Throws when a secret is empty. */
export function webhookRules({ secrets, maxWaiting }: WebhookRuleValues): WebhookRules {
  return Object.freeze({ keys: signatureKeys(secrets), maxWaiting });
}
