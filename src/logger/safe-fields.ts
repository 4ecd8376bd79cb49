import { AntError } from '../domain/errors.ts';
import { isSecretKey, redactSecret, redactText } from './redact.ts';

/** Enough for a long stack; what is longer is no log line. */
const MAX_TEXT = 8000;
const MAX_DEPTH = 6;
/** Values in one line, whatever their nesting: keeps a line small that was given a whole request or socket. */
const MAX_VALUES = 500;

/** The logger's own keys: a field of that name is written with a `_` behind. */
const OWN_KEYS: ReadonlySet<string> = new Set(['time', 'level', 'msg']);

/** A copy of the fields that is plain JSON of bounded size without secrets. Errors become objects. */
export function safeFields(fields: object): Record<string, unknown> {
  const entries = Object.entries(new SafeCopy().copyEntries(Object.entries(fields), 0));
  return Object.fromEntries(entries.map(([key, value]) => [OWN_KEYS.has(key) ? `${key}_` : key, value]));
}

/** The text without secrets and of bounded length. */
export function safeText(text: string): string {
  const redacted = redactText(text);
  const over = redacted.length - MAX_TEXT;
  return over > 0 ? `${redacted.slice(0, MAX_TEXT)}… (${over} more characters)` : redacted;
}

/** One copy, which never holds more than `MAX_VALUES`. */
class SafeCopy {
  #valuesLeft = MAX_VALUES;

  copyEntries(entries: Iterable<[unknown, unknown]>, depth: number): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const [name, value] of entries) {
      if (this.#valuesLeft <= 0) break;
      const key = safeText(String(name));
      copy[key] = isSecretKey(key) ? redactSecret(value) : this.#copy(value, depth + 1);
    }
    return copy;
  }

  #copy(value: unknown, depth: number): unknown {
    this.#valuesLeft--;
    if (typeof value === 'string') return safeText(value);
    if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
    if (typeof value === 'function') return `function ${value.name}`;
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_DEPTH) return '…';
    if (value instanceof Error) return this.#describeError(value, depth);
    if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
    if (value instanceof URL) return safeText(value.href);
    if (value instanceof Map) return this.copyEntries(value, depth);
    if (Array.isArray(value) || value instanceof Set) return this.#copyList(value, depth);
    return this.copyEntries(Object.entries(value), depth);
  }

  #copyList(list: Iterable<unknown>, depth: number): unknown[] {
    const copy: unknown[] = [];
    for (const each of list) {
      if (this.#valuesLeft <= 0) break;
      copy.push(this.#copy(each, depth + 1));
    }
    return copy;
  }

  /** What a log line tells of an error. A cause is told the same way. */
  #describeError(error: Error, depth: number): object {
    const { name: type, message, stack, cause } = error;
    const told = {
      type,
      message,
      code: 'code' in error ? error.code : undefined,
      hint: error instanceof AntError ? error.hint : undefined,
      stack,
      errors: error instanceof AggregateError ? error.errors : undefined,
      cause,
    };
    return this.copyEntries(
      Object.entries(told).filter(([, value]) => value !== undefined),
      depth,
    );
  }
}
