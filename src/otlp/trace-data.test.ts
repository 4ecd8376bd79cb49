import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readOtlp } from '../../test/otlp/read-otlp.ts';
import type { Attributes, AttributeValue } from './attributes.ts';
import { encodeTraces, type ResourceSpans, type Span } from './trace-data.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
/** JSON has no negative zero. */
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const attributes: fc.Arbitrary<Attributes> = fc.uniqueArray(
  fc.tuple(
    text,
    fc.oneof(
      text,
      fc.boolean(),
      fc.maxSafeInteger(),
      double,
      fc.array(text, { maxLength: 5 }),
      fc.record({ double }),
    ),
  ),
  { selector: ([name]) => name, maxLength: 6 },
);

const hex = (length: number) =>
  fc
    .array(fc.nat(15), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(''));

const span: fc.Arbitrary<Span> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: fc.option(hex(16)),
  name: text,
  kind: fc.constantFrom(1, 2, 3),
  startMs: fc.nat(2 ** 41),
  // Parts that a number holds exactly.
  endMs: fc.tuple(fc.nat(2 ** 41), fc.nat(7)).map(([ms, part]) => ms + part / 8),
  attributes,
  status: fc.option(fc.record({ code: fc.constantFrom(0, 1, 2), message: text })),
  links: fc.array(fc.record({ traceId: hex(32), spanId: fc.option(hex(16)), attributes }), { maxLength: 2 }),
});

const data: fc.Arbitrary<ResourceSpans[]> = fc.array(
  fc.record({
    resource: attributes,
    schemaUrl: fc.webUrl(),
    scope: fc.record({ name: text, version: text }),
    spans: fc.array(span, { maxLength: 5 }),
  }),
  { maxLength: 3 },
);

/* What must come out, said once more and without the code that writes it: OTLP's JSON with all that is not empty. */

type Json = Record<string, unknown>;

function expected(resources: readonly ResourceSpans[]): unknown {
  return withoutNothing({
    resourceSpans: resources.map(({ resource, schemaUrl, scope, spans }) => ({
      resource: { attributes: pairs(resource) },
      scopeSpans: [{ scope, spans: spans.map(expectedSpan), schemaUrl }],
      schemaUrl,
    })),
  });
}

function expectedSpan({ startMs, endMs, attributes, links, parentSpanId, status, ...rest }: Span): Json {
  return {
    ...rest,
    parentSpanId: parentSpanId ?? '',
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(endMs),
    attributes: pairs(attributes),
    links: links.map((link) => ({
      ...link,
      spanId: link.spanId ?? '',
      attributes: pairs(link.attributes),
    })),
    status: status ?? undefined,
  };
}

function nanos(ms: number): string {
  return String(BigInt(ms * 8) * 125_000n);
}

function pairs(all: Attributes): Json[] {
  return all.map(([key, value]) => ({ key, value: expectedValue(value) }));
}

function expectedValue(value: AttributeValue): Json {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 2 ** 53
      ? { intValue: String(value) }
      : { doubleValue: value };
  if ('double' in value) return { doubleValue: value.double };
  return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
}

/** Without what protobuf does not send, because it is the default; but for values, which are told apart by it. */
function withoutNothing(value: unknown, isValue = false): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutNothing(each));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .map(([name, each]) => [name, withoutNothing(each, name === 'value')] as const)
    .filter(([, each]) => isValue || !isNothing(each));
  return Object.fromEntries(kept);
}

function isNothing(value: unknown): boolean {
  return (
    [undefined, '', 0, '0', false].includes(value as string) || (Array.isArray(value) && value.length === 0)
  );
}

test("random spans come out of OpenTelemetry's own definitions as they went in", () => {
  fc.assert(
    fc.property(data, (resources) => {
      const read = readOtlp('traces', encodeTraces(resources, 'protobuf'));
      assert.deepEqual(withoutNothing(read), expected(resources));
    }),
  );
});

test('random spans are the same in JSON', () => {
  fc.assert(
    fc.property(data, (resources) => {
      const json: unknown = JSON.parse(Buffer.from(encodeTraces(resources, 'json')).toString());
      assert.deepEqual(withoutNothing(json), expected(resources));
    }),
  );
});

test('texts of any length and with any characters are cut, and stay well-formed', () => {
  const long = `${'x'.repeat(999)}😀${'Q'.repeat(3000)}`;
  const broken: ResourceSpans = {
    ...{ resource: [['a', '\ud800']], schemaUrl: '', scope: { name: 's', version: '1' } },
    spans: [
      {
        ...{ traceId: '1'.repeat(32), spanId: '2'.repeat(16), parentSpanId: null, name: long, kind: 1 },
        ...{ startMs: 1, endMs: 2, links: [], status: { code: 2, message: long } },
        attributes: [
          ['text', long],
          ['list', [long]],
        ],
      },
    ],
  };
  const text = JSON.stringify(readOtlp('traces', encodeTraces([broken], 'protobuf')));
  assert.equal(text.match(/x{999}�/g)?.length, 4);
  assert.doesNotMatch(text, /Q/);
});
