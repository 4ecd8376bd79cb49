import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OtlpSignal } from './collector.ts';

/*
 * Reads OTLP's protobuf with OpenTelemetry's own definitions: definitions/*.proto, as they are in
 * https://github.com/open-telemetry/opentelemetry-proto at ac2c4b5 (2026-08-18), under the licence beside them.
 */

interface Field {
  /** As JSON has it. */
  readonly name: string;
  readonly type: string;
  readonly isRepeated: boolean;
}

/** Messages by name, with their fields by number; and the names of enumerations. */
interface Definitions {
  readonly messages: ReadonlyMap<string, ReadonlyMap<number, Field>>;
  readonly enums: ReadonlySet<string>;
}

const REQUESTS: Readonly<Record<OtlpSignal, string>> = {
  traces: 'ExportTraceServiceRequest',
  metrics: 'ExportMetricsServiceRequest',
};

/** These are hexadecimal in OTLP's JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. */
const IDS = ['traceId', 'spanId', 'parentSpanId'];

/**
 * The body of a request as OTLP's JSON has it. Throws for what the definitions don't have: another field, another type,
 * a text that is not UTF-8, a value twice.
 */
export function readOtlp(signal: OtlpSignal, body: Uint8Array): unknown {
  return readMessage(REQUESTS[signal], Buffer.from(body));
}

const { messages, enums } = readDefinitions();

function readDefinitions(): Definitions {
  const found = new Map<string, Map<number, Field>>();
  const names = new Set<string>();
  const texts = globSync(join(import.meta.dirname, 'definitions/*.proto')).map((path) =>
    readFileSync(path, 'utf8'),
  );
  for (const text of texts) {
    const open: string[] = [];
    for (const line of text.replace(/\/\/.*$/gm, '').split('\n')) {
      const [, kind = '', block = ''] = /^\s*(message|enum|oneof|service)\s+(\w+)\s*\{/.exec(line) ?? [];
      const [, label, type = '', name = '', number] =
        /^\s*(repeated |optional )?([\w.]+) (\w+) = (\d+);/.exec(line) ?? [];
      if (kind === 'message') found.set(block, new Map());
      if (kind === 'enum') names.add(block);
      // The fields of a `oneof` are those of the message around it.
      if (kind !== '') open.push(kind === 'oneof' ? (open.at(-1) ?? '') : block);
      if (number !== undefined)
        found.get(open.at(-1) ?? '')?.set(Number(number), {
          name: name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
          type: type.split('.').at(-1) ?? '',
          isRepeated: label === 'repeated ',
        });
      if (kind === '' && line.includes('}')) open.pop();
    }
  }
  return { messages: found, enums: names };
}

function readMessage(type: string, bytes: Buffer): Record<string, unknown> {
  const fields = messages.get(type);
  if (fields === undefined) throw new Error(`There is no message ${type}`);
  const values: Record<string, unknown> = {};
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const key = Number(reader.varint());
    const field = fields.get(key >> 3);
    if (field === undefined) throw new Error(`${type} has no field ${key >> 3}`);
    const read = readField(field, key & 7, reader);
    if (!field.isRepeated && field.name in values) throw new Error(`${type} has ${field.name} twice`);
    const before = (values[field.name] ?? []) as unknown[];
    values[field.name] = field.isRepeated ? [...before, ...read] : read[0];
  }
  return values;
}

/** One value, or those that are packed into one field. */
function readField({ name, type, isRepeated }: Field, wireType: number, reader: Reader): unknown[] {
  const expected = wireTypeOf(type);
  if (wireType === expected) return [readValue(name, type, reader)];
  if (wireType !== SIZED || !isRepeated) throw new Error(`${name} has the wire type ${wireType}`);
  const packed = new Reader(reader.sized());
  const values: unknown[] = [];
  while (!packed.isAtEnd) values.push(readValue(name, type, packed));
  return values;
}

const VARINT = 0;
const EIGHT_BYTES = 1;
const SIZED = 2;
const FOUR_BYTES = 5;

function wireTypeOf(type: string): number {
  if (['bool', 'int32', 'int64', 'uint32', 'uint64'].includes(type) || enums.has(type)) return VARINT;
  if (['double', 'fixed64', 'sfixed64'].includes(type)) return EIGHT_BYTES;
  return type === 'fixed32' ? FOUR_BYTES : SIZED;
}

function readValue(name: string, type: string, reader: Reader): unknown {
  switch (type) {
    case 'bool':
      return reader.varint() === 1n;
    case 'int64':
      return String(BigInt.asIntN(64, reader.varint()));
    case 'fixed64':
      return String(reader.bytes(8).readBigUInt64LE());
    case 'sfixed64':
      return String(reader.bytes(8).readBigInt64LE());
    case 'double':
      return reader.bytes(8).readDoubleLE();
    case 'fixed32':
      return reader.bytes(4).readUInt32LE();
    case 'string':
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(reader.sized());
    case 'bytes':
      return reader.sized().toString(IDS.includes(name) ? 'hex' : 'base64');
    default:
      return wireTypeOf(type) === VARINT ? Number(reader.varint()) : readMessage(type, reader.sized());
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.bytes(1).readUInt8();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  sized(): Buffer {
    return this.bytes(Number(this.varint()));
  }

  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('The message ends early');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
