import { redactText } from '../logger/redact.ts';
import { SECRET_PLACEHOLDER } from './secrets.ts';
import { environmentNameOf, type Found } from './setting.ts';

/** Something wrong with the configuration. No part of it ever contains a secret. */
export interface ConfigProblem {
  /**
   * The name of the setting, if the problem concerns a known one; of a field with its item: `sinks[1].url`.
   */
  readonly setting?: string;
  /** The variable, flag, or file and line that has the problem. */
  readonly where: string;
  readonly what: string;
  readonly hint: string;
}

const MAX_SHOWN = 100;

/** The problems for people, one paragraph each. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const paragraphs = problems.map(({ setting, where, what, hint }) => {
    const heading = setting === undefined ? where : `${setting} (${where})`;
    return `  ${heading}\n    ${what}\n    hint: ${hint}\n`;
  });
  return `The configuration has ${count}:\n\n${paragraphs.join('\n')}`;
}

/** The hint for an unknown name. */
export function didYouMean(nearest: string | undefined, otherwise: string): string {
  return nearest === undefined ? otherwise : `did you mean ${nearest}?`;
}

/** `sinks[1].url` → `sinks`; other names as they are. */
export function listOf(name: string): string {
  return name.replace(/\[.*$/, '');
}

/** A problem with a setting that may not be set at all: so it is located at its variable. */
export function problemWith(setting: string, what: string, hint: string): ConfigProblem {
  return { setting, where: environmentNameOf(listOf(setting)), what, hint };
}

/** Why a value is not of its kind. Names the first item of a list that is invalid by itself. */
export function valueProblem([{ name, kind, secret }, { texts, from }]: Found): ConfigProblem {
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
export function hasPlaceholder([{ secret }, { texts }]: Found): boolean {
  return secret
    ? texts.some((text) => text.split(/\r?\n/).includes(SECRET_PLACEHOLDER))
    : texts.some((text) => text.includes(SECRET_PLACEHOLDER));
}

/** A value that `print-config` wrote and that was not completed. */
export function placeholderProblem([{ name }, { from }]: Found): ConfigProblem {
  return {
    setting: name,
    where: from,
    what: `holds ${SECRET_PLACEHOLDER}, which print-config writes in place of a secret`,
    hint: 'put the secret itself there, or set it in the environment; check-config --without-secrets goes on without',
  };
}
