import { redactText } from '../logger/redact.ts';
import type { FoundValue } from './found-value.ts';
import { SECRET_PLACEHOLDER } from './kinds.ts';
import type { ConfigProblem } from './problem.ts';
import type { Setting } from './setting.ts';

const MAX_SHOWN = 100;

/** Why a value is not of its kind. Names the first item of a list that is invalid by itself. */
export function valueProblem(
  { name, kind, secret }: Setting<unknown>,
  { texts, from }: FoundValue,
): ConfigProblem {
  const items = kind.items?.(texts) ?? texts;
  const at = items.length > 1 ? items.findIndex((item) => kind.read([item]) === undefined) : -1;
  const text = items[at] ?? (texts.length === 1 ? texts[0] : items.join(kind.joint ?? ', ')) ?? '';
  // Anything written in place of a value may still be a secret, such as a password in a URL.
  const shown = secret ? null : JSON.stringify(redactText(text).slice(0, MAX_SHOWN));
  return {
    setting: name,
    where: from,
    what: `must be ${kind.expects}${at < 0 ? insteadOf(shown) : insteadOfItem(at + 1, shown)}`,
    hint: kind.advise?.(text) ?? `for example ${kind.example}`,
  };
}

function insteadOf(shown: string | null): string {
  return shown === null ? '' : `, not ${shown}`;
}

function insteadOfItem(number: number, shown: string | null): string {
  return shown === null ? `; item ${number} is not` : `; item ${number} is ${shown}`;
}

/**
 * Whether the value contains the placeholder of `print-config`. For a secret, all of it or one of its lines
 * must be the placeholder.
 */
export function hasPlaceholder({ secret }: Setting<unknown>, { texts }: FoundValue): boolean {
  return secret
    ? texts.some((text) => text.split(/\r?\n/).includes(SECRET_PLACEHOLDER))
    : texts.some((text) => text.includes(SECRET_PLACEHOLDER));
}

/** A value that `print-config` wrote, and nobody completed. */
export function placeholderProblem({ name }: Setting<unknown>, { from }: FoundValue): ConfigProblem {
  return {
    setting: name,
    where: from,
    what: `holds ${SECRET_PLACEHOLDER}, which print-config writes in place of a secret`,
    hint: 'put the secret itself there, or set it in the environment; check-config --without-secrets goes on without',
  };
}
