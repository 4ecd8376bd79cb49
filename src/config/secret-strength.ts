import { type ConfigProblem, problemWith } from './problem.ts';

/**
 * Secrets that grant access to this service, by setting. The strength of those for other services is up to
 * them.
 */
interface Guarding {
  readonly webhook: { readonly secrets: readonly string[] };
  readonly api: { readonly tokens: readonly string[]; readonly basicAuths: readonly string[] };
}

/** Fewer bytes are guessed in no time. */
const LEAST_BYTES = 8;
/** Whoever has one signed delivery can try these without asking us. */
const WEAK_BYTES = 16;

const HINT = 'make a new one with: openssl rand -hex 32';

/** Secrets that are too short to protect anything. */
export function shortSecrets(settings: Guarding): ConfigProblem[] {
  return shorterThan(settings, LEAST_BYTES).map((setting) =>
    problemWith(setting, `has a secret of fewer than ${LEAST_BYTES} bytes`, HINT),
  );
}

/** The warning about secrets that are accepted but should be longer. */
export function weakSecrets(settings: Guarding): { readonly setting: string; readonly hint: string }[] {
  return shorterThan(settings, WEAK_BYTES).map((setting) => ({ setting, hint: HINT }));
}

function shorterThan({ webhook, api }: Guarding, bytes: number): string[] {
  const passwords = api.basicAuths.map((text) => text.slice(text.indexOf(':') + 1));
  const groups = { 'webhook.secret': webhook.secrets, 'api.tokens': api.tokens, 'api.basic_auth': passwords };
  return Object.entries(groups)
    .filter(([, secrets]) => secrets.some((each) => Buffer.byteLength(each) < bytes))
    .map(([name]) => name);
}
