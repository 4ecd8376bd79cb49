import { AntError } from '../domain/errors.ts';
import { isSecretKey, redactSecret, redactText } from './redact.ts';

/** Enough for a long stack; what is longer is no log line. */
const MAX_TEXT = 8000;
/**
 * Values in one line, whatever their nesting: keeps a line small that was given a whole request or a circle.
 */
const MAX_VALUES = 500;

/** The logger's own keys: a field of that name is written with a `_` behind. */
const OWN_KEYS: ReadonlySet<string> = new Set(['time', 'level', 'msg']);

/** A copy of the fields that is plain JSON of bounded size without secrets. Errors become objects. */
export function safeFields(fields: object): Record<string, unknown> {
  const entries = Object.entries(new SafeCopy().copyEntries(Object.entries(fields)));
  return Object.fromEntries(entries.map(([key, value]) => [OWN_KEYS.has(key) ? `${key}_` : key, value]));
}

/** The text without secrets and of bounded length. */
export function safeText(text: string): string {
  const redacted = redactText(text);
  const over = redacted.length - MAX_TEXT;
  return over > 0 ? `${redacted.slice(0, MAX_TEXT)}… (${over} more characters)` : redacted;
}

function isNameOfSecret(value: unknown): boolean {
  return typeof value === 'string' && value.length < 100 && isSecretKey(value);
}

/** One copy, which never holds more than `MAX_VALUES`. */
class SafeCopy {
  #valuesLeft = MAX_VALUES;

  copyEntries(entries: Iterable<[unknown, unknown]>): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const [name, value] of entries) {
      if (this.#valuesLeft <= 0) break;
      const key = safeText(String(name));
      copy[key] = isSecretKey(key) ? redactSecret(value) : this.#copy(value);
    }
    return copy;
  }

  #copy(value: unknown): unknown {
    this.#valuesLeft--;
    if (typeof value === 'string') return safeText(value);
    if (typeof value === 'bigint' || typeof value === 'symbol') return safeText(String(value));
    if (typeof value === 'function') return safeText(`function ${value.name}`);
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Error) return this.#describeError(value);
    if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
    if (value instanceof URL) return safeText(value.href);
    if (value instanceof Map) return this.copyEntries(value);
    if (Array.isArray(value) || value instanceof Set) return this.#copyList(value);
    return this.#copyObject(value);
  }

  /** As `{ name: 'Authorization', value: … }` in lists of headers and parameters. */
  #copyObject(object: object): Record<string, unknown> {
    const entries = Object.entries(object);
    const isSecret = entries.some(
      ([key, value]) => (key === 'name' || key === 'key') && isNameOfSecret(value),
    );
    return this.copyEntries(
      isSecret
        ? entries.map(([key, value]) => [key, key === 'value' ? redactSecret(value) : value])
        : entries,
    );
  }

  #copyList(list: Iterable<unknown>): unknown[] {
    const copy: unknown[] = [];
    let before: unknown;
    for (const each of list) {
      if (this.#valuesLeft <= 0) break;
      // As in a list of headers, where each name stands before its value.
      copy.push(isNameOfSecret(before) ? redactSecret(each) : this.#copy(each));
      before = each;
    }
    return copy;
  }

  /** What a log line contains of an error. A cause has the same form. */
  #describeError(error: Error): object {
    const { name: type, message, stack, cause } = error;
    const fields = {
      type,
      message,
      code: 'code' in error ? error.code : undefined,
      hint: error instanceof AntError ? error.hint : undefined,
      stack,
      errors: error instanceof AggregateError ? error.errors : undefined,
      cause,
    };
    return this.copyEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  }
}
