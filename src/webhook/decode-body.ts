import { isUtf8 } from 'node:buffer';
import type { BodyForm } from './check-head.ts';
import { REJECTIONS, type Rejection } from './rejections.ts';

/** A payload as GitHub sent it: an object, nothing else is known yet. */
export type Payload = Readonly<Record<string, unknown>>;

export type Decoded = { readonly payload: Payload } | { readonly rejection: Rejection };

/** The payload of a body: the body itself as JSON, or the JSON in its form field `payload`. */
export function decodeBody(body: Buffer, form: BodyForm): Decoded {
  if (!isUtf8(body)) return { rejection: REJECTIONS.invalid_utf8 };
  const text = body.toString('utf8');
  const json = form === 'json' ? text : payloadField(text);
  if (json === null) return { rejection: REJECTIONS.invalid_form };
  const payload = parseObject(json);
  return payload === null ? { rejection: REJECTIONS.invalid_json } : { payload };
}

const FIELD = 'payload=';

/** `URLSearchParams` would replace wrong encoding instead of reporting it. */
function payloadField(text: string): string | null {
  const field = text.split('&').find((each) => each.startsWith(FIELD));
  if (field === undefined) return null;
  try {
    return decodeURIComponent(field.slice(FIELD.length).replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function parseObject(json: string): Payload | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : null;
}
