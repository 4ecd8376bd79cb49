/*
 * Names as label values. Whoever names a job may do so at any length, and a scrape repeats the name in every line of its
 * series; so labels are shorter than what is stored.
 */

/** Texts of payloads are cut to this length when they are read, and stored so. */
export const MAX_TEXT_LENGTH = 1000;

const MAX_LABEL_LENGTH = 200;

/** The beginning of a text, without half a character at its end. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).toWellFormed();
}

/** Label values as series have them. Those that agree in their first 200 characters become one. */
export function labelValues(texts: readonly string[]): readonly string[] {
  const isShort = texts.every(({ length }) => length <= MAX_LABEL_LENGTH);
  return isShort ? texts : texts.map((text) => cutText(text, MAX_LABEL_LENGTH));
}

/** The labels that a job asked for, in their order; `none` when it asked for none. */
export function runsOnLabel(runsOn: readonly string[]): string {
  return runsOn.length === 0 ? 'none' : runsOn.join(',');
}

/**
 * A job's name without the values of its matrix: `build (20, ubuntu)` is `build`. A reusable `caller / callee` stays.
 * Brackets inside of the values are taken with them. A name that was cut has lost the bracket that closes them.
 */
export function jobLabel(name: string): string {
  const isCut = name.length === MAX_TEXT_LENGTH;
  const at = (isCut ? unclosedBracket(name) : null) ?? lastBracket(name);
  return at === null ? name : name.slice(0, at - 1);
}

/** Where the values begin that the end of the name closes; null where it has none. */
function lastBracket(name: string): number | null {
  if (!name.endsWith(')')) return null;
  let depth = 0;
  for (let at = name.length - 1; at > 0; at -= 1) {
    if (name[at] === ')') depth += 1;
    else if (name[at] === '(') depth -= 1;
    if (depth === 0) return isBehindName(name, at) ? at : null;
  }
  return null;
}

/** Where values begin that nothing closes; null where none do. */
function unclosedBracket(name: string): number | null {
  const open: number[] = [];
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] === '(') open.push(at);
    else if (name[at] === ')') open.pop();
  }
  return open.find((at) => isBehindName(name, at)) ?? null;
}

function isBehindName(name: string, at: number): boolean {
  return name[at - 1] === ' ' && at > 1;
}
