import { MAX_TEXT_LENGTH } from './cut-text.ts';

/*
 * The name of a job without the values of its matrix. GitHub writes them in brackets behind the name of the
 * job, and, where a reusable workflow is called with a matrix, behind that of the caller too: `deploy (eu, 3)
 * / plan (a)`.
 */

/** GitHub cuts each part of a name (the caller's, the job's own) to 97 characters and `...`. */
const CUT_LENGTH = 100;
const CUT = '...';
const CALL = ' / ';

/**
 * The name without the values of its matrices, wherever they are. A reusable `caller / callee` stays. Values
 * that contain brackets or ` / ` are removed whole, and so are those that were cut.
 */
export function withoutMatrix(name: string): string {
  let called = '';
  let rest = name.length === MAX_TEXT_LENGTH ? withoutUnclosed(name, 0) : name;
  for (;;) {
    rest = withoutValues(rest);
    const at = rest.lastIndexOf(CALL);
    if (at <= 0) return rest + called;
    called = rest.slice(at) + called;
    rest = rest.slice(0, at);
  }
}

/** Without the values at its end. */
function withoutValues(name: string): string {
  const cutAt = cutPartOf(name);
  let rest = cutAt === null ? name : withoutCutId(withoutUnclosed(name, cutAt));
  for (let at = lastBracket(rest); at !== null; at = lastBracket(rest)) rest = rest.slice(0, at - 1);
  return rest;
}

/** Where the last part begins, if GitHub cut it; else null. */
function cutPartOf(name: string): number | null {
  if (!name.endsWith(CUT)) return null;
  for (let at = 0; ; ) {
    if (isOfCutLength(name.slice(at))) return at;
    const next = name.indexOf(CALL, at);
    if (next === -1) return null;
    at = next + CALL.length;
  }
}

/** It is not documented what GitHub counts as a character, so all ways of counting are accepted. */
function isOfCutLength(part: string): boolean {
  return (
    part.length === CUT_LENGTH ||
    [...part].length === CUT_LENGTH ||
    new TextEncoder().encode(part).length === CUT_LENGTH
  );
}

/** An id that was cut can only be recognised by its digits. */
function withoutCutId(name: string): string {
  return name.replace(/(?<![0-9a-z])(?=[a-f-]*\d)[0-9a-f-]{3,}\.\.\.$/i, `*${CUT}`);
}

/** Without the values that begin at or after `from` and are never closed. */
function withoutUnclosed(name: string, from: number): string {
  const open: number[] = [];
  for (let at = from; at < name.length; at += 1) {
    if (name[at] === '(') open.push(at);
    else if (name[at] === ')') open.pop();
  }
  const first = open.find((at) => isBehindName(name, at));
  return first === undefined ? name : name.slice(0, first - 1);
}

/** Where the values at the end of the name begin; null if it has none. */
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

/** Whether there is a name before the bracket, in the same part. */
function isBehindName(name: string, at: number): boolean {
  const before = name.slice(0, at);
  return before.endsWith(' ') && before.trim() !== '' && !before.trimEnd().endsWith(' /');
}
