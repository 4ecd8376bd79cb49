import { cutText, MAX_TEXT_LENGTH } from '../domain/cut-text.ts';
import type { MessageWriter } from './message-writer.ts';

/*
 * What every message of OTLP is made of: https://github.com/open-telemetry/opentelemetry-proto,
 * opentelemetry/proto/common/v1/common.proto. In JSON a 64-bit integer is a text of digits:
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
 *   KeyValue { key = 1; AnyValue value = 2 }
 *   AnyValue { string_value = 1; bool_value = 2; int_value = 3; double_value = 4; array_value = 5 }
 *   ArrayValue { repeated AnyValue values = 1 }
 */

/** Each name at most once. A whole number is an integer to the receiver, any other a double. */
export type Attributes = readonly (readonly [name: string, value: AttributeValue])[];
export type AttributeValue = string | number | boolean | readonly string[] | Double;

/** A number that is a double to the receiver even if it is whole. */
export interface Double {
  readonly double: number;
}

const NANOS_PER_MS = 1_000_000;

/** Members of a list. A job rarely asks for more than a few labels. */
const MAX_MEMBERS = 100;

/**
 * Nanoseconds since 1970, of milliseconds that may have a fraction. There are none before: what is earlier is 1970.
 */
export function nanosOf(ms: number): bigint {
  const known = Math.max(0, ms);
  const whole = Math.floor(known);
  return BigInt(whole) * BigInt(NANOS_PER_MS) + BigInt(Math.round((known - whole) * NANOS_PER_MS));
}

/**
 * A text as it is sent: receivers cut or refuse what is longer (Tempo at 2,048 bytes), and take well-formed Unicode
 * only.
 */
export function sentText(text: string): string {
  return cutText(text, MAX_TEXT_LENGTH).toWellFormed();
}

/** Writes a `KeyValue` for each, as the field of that number of the message that is being written. */
export function writeAttributes(writer: MessageWriter, field: number, attributes: Attributes): void {
  for (const [name, value] of attributes) {
    writer.message(field, () => {
      writer.text(1, name);
      writer.message(2, () => writeValue(writer, value));
    });
  }
}

function writeValue(writer: MessageWriter, value: AttributeValue): void {
  if (typeof value === 'string') writer.text(1, sentText(value));
  else if (typeof value === 'boolean') writer.number(2, Number(value));
  else if (isList(value)) writer.message(5, () => writeMembers(writer, value));
  else if (isInteger(value)) writer.integer(3, value);
  else writer.double(4, doubleOf(value));
}

function writeMembers(writer: MessageWriter, members: readonly string[]): void {
  for (const member of members.slice(0, MAX_MEMBERS))
    writer.message(1, () => writer.text(1, sentText(member)));
}

/** As JSON. */
export function attributesJson(attributes: Attributes): object[] {
  return attributes.map(([key, value]) => ({ key, value: anyJson(value) }));
}

function anyJson(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: sentText(value) };
  if (typeof value === 'boolean') return { boolValue: value };
  if (isList(value)) return { arrayValue: { values: value.slice(0, MAX_MEMBERS).map(anyJson) } };
  if (isInteger(value)) return { intValue: String(value) };
  const double = doubleOf(value);
  // JSON has no number for the others.
  return { doubleValue: Number.isFinite(double) ? double : String(double) };
}

function isList(value: AttributeValue): value is readonly string[] {
  return Array.isArray(value);
}

function isInteger(value: number | Double): value is number {
  return Number.isSafeInteger(value);
}

function doubleOf(value: number | Double): number {
  return typeof value === 'number' ? value : value.double;
}
