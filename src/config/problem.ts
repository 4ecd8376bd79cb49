import { redactText } from '../logger/redact.ts';
import { SECRET_PLACEHOLDER } from './secrets.ts';
import { environmentNameOf, type FoundValue } from './setting.ts';

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
export function listNameOf(name: string): string {
  return name.replace(/\[.*$/, '');
}

/** A problem with a setting that may not be set at all: so it is located at its variable. */
export function problemWith(setting: string, what: string, hint: string): ConfigProblem {
  return { setting, where: environmentNameOf(listNameOf(setting)), what, hint };
}

/** Why a value is not of its kind. Names the first item of a list that is invalid by itself. */
export function valueProblem({ setting, texts, from }: FoundValue): ConfigProblem {
  const { name, kind, secret } = setting;
  const items = kind.items?.(texts) ?? texts;
  const at = items.length > 1 ? items.findIndex((item) => kind.read([item]) === undefined) : -1;
  const text = items[at] ?? (texts.length === 1 ? texts[0] : items.join(kind.joint ?? ', ')) ?? '';
  // Anything written in place of a value may still be a secret, such as a password in a URL.
  const shown = secret ? '' : ` ${JSON.stringify(redactText(text).slice(0, MAX_SHOWN))}`;
  const item = `; item ${at + 1} is${secret ? ' not' : shown}`;
  const instead = secret ? '' : `, not${shown}`;
  const what = `must be ${kind.expects}${at < 0 ? instead : item}`;
  return { setting: name, where: from, what, hint: kind.advise?.(text) ?? `for example ${kind.example}` };
}

/**
 * Whether the value contains the placeholder of `print-config`. For a secret, all of it or one of its lines
 * must be the placeholder.
 */
export function hasPlaceholder({ setting, texts }: FoundValue): boolean {
  return setting.secret
    ? texts.some((text) => text.split(/\r?\n/).includes(SECRET_PLACEHOLDER))
    : texts.some((text) => text.includes(SECRET_PLACEHOLDER));
}

/** A value that `print-config` wrote, and nobody completed. */
export function placeholderProblem({ setting, from }: FoundValue): ConfigProblem {
  return {
    setting: setting.name,
    where: from,
    what: `holds ${SECRET_PLACEHOLDER}, which print-config writes in place of a secret`,
    hint: 'put the secret itself there, or set it in the environment; check-config --without-secrets does not need it',
  };
}
