import { double, int64, sized, text, varint } from '../outbound/protobuf.ts';

/*
 * What every message of OTLP is made of: https://github.com/open-telemetry/opentelemetry-proto,
 * opentelemetry/proto/common/v1/common.proto. In JSON a 64-bit integer is a text of digits:
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
 */

/** Each name at most once. A whole number is an integer to the receiver, any other a double. */
export type Attributes = readonly (readonly [name: string, value: AttributeValue])[];
export type AttributeValue = string | number | boolean | readonly string[];

const NANOS_PER_MS = 1_000_000;

/** Nanoseconds since 1970, of milliseconds that may have a fraction. */
export function nanosOf(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * BigInt(NANOS_PER_MS) + BigInt(Math.round((ms - whole) * NANOS_PER_MS));
}

/** As protobuf: a `KeyValue` each, as the field of that number. */
export function attributeFields(field: number, attributes: Attributes): Uint8Array[] {
  return attributes.map(([name, value]) => sized(field, [text(1, name), sized(2, [anyValue(value)])]));
}

function anyValue(value: AttributeValue): Uint8Array {
  if (typeof value === 'string') return text(1, value);
  if (typeof value === 'boolean') return varint(2, Number(value));
  if (typeof value === 'number') return Number.isSafeInteger(value) ? int64(3, value) : double(4, value);
  const values = value.map((each) => sized(1, [text(1, each)]));
  return sized(5, values);
}

/** As JSON. */
export function attributesJson(attributes: Attributes): object[] {
  return attributes.map(([key, value]) => ({ key, value: anyJson(value) }));
}

function anyJson(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value !== 'number') return { arrayValue: { values: value.map(anyJson) } };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
