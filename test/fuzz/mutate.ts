import type { Random } from '../../simulator/random.ts';

/*
 * Random damage to bytes and to JSON.
 */

const TOKENS = [
  ...['\r\n', '\r\n\r\n', '\n', '\0', ' ', ':', ',', '%', '0', '-1', 'HTTP/1.1', 'GET ', 'POST ', '/webhook'],
  ...['Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', 'Expect: 100-continue\r\n', 'ffffffff\r\n'],
  ...['Connection: close\r\n', 'Connection: upgrade\r\n', '0\r\n\r\n', '\xff\xfe', '{', '[', '"', '\\u0000'],
].map((text) => Buffer.from(text, 'latin1'));

/** The bytes with one to eight changes: some flipped, cut out, doubled, inserted or overwritten. */
export function damage(bytes: Buffer, random: Random): Buffer {
  let damaged: Buffer = Buffer.from(bytes);
  for (let left = random.int(1, 8); left > 0; left--) damaged = damageOnce(damaged, random);
  return damaged;
}

function damageOnce(bytes: Buffer, random: Random): Buffer {
  const at = random.int(0, bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.int(0, 5)) {
    case 0: {
      if (at < bytes.length) bytes.writeUInt8(random.int(0, 255), at);
      return bytes;
    }
    case 1:
      return Buffer.concat([before, after.subarray(random.int(1, 40))]);
    case 2:
      return Buffer.concat([before, after.subarray(0, random.int(1, 200)), after]);
    case 3:
      return Buffer.concat([before, random.pick(TOKENS), after]);
    case 4:
      return Buffer.concat([before, randomBytes(random.int(1, 40), random), after]);
    default:
      return Buffer.from(before);
  }
}

export function randomBytes(count: number, random: Random): Buffer {
  return Buffer.from(random.hex(2 * count), 'hex');
}

const ODD_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    -1,
    0,
    0.5,
    1e308,
    2 ** 53,
    -(2 ** 63),
    '',
    'x',
    '\0',
    '\ud800',
    '__proto__',
    'constructor',
  ],
  ...[
    'completed',
    'queued',
    'in_progress',
    'waiting',
    'success',
    '2026-11-25T00:00:00Z',
    '0000-00-00',
    [],
    {},
  ],
  ...[[null], [[[[]]]], { id: 1 }, 'ü'.repeat(5000), Array(300).fill('label')],
];
const ODD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'id',
  'action',
  'workflow_job',
  'labels',
  '\0',
];

/**
 * A copy with about every twentieth value changed: replaced, removed, or with another one of an odd name
 * added.
 */
export function damageJson(value: unknown, random: Random): unknown {
  if (random.chance(0.05)) return random.pick(ODD_VALUES);
  if (Array.isArray(value)) return value.map((each) => damageJson(each, random));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(() => !random.chance(0.03));
  const entries = kept.map(([key, each]): [string, unknown] => [key, damageJson(each, random)]);
  if (random.chance(0.05)) entries.push([random.pick(ODD_NAMES), random.pick(ODD_VALUES)]);
  return Object.fromEntries(entries);
}

/** JSON text that no value serialises to: duplicate keys, deep nesting, or truncation. */
export function damageText(json: string, random: Random): string {
  const depth = random.int(1, 20_000);
  switch (random.int(0, 3)) {
    case 0:
      return json.replace('{', `{"action":"x","__proto__":{"a":1},"action":"queued",`);
    case 1:
      return json.replace('{', `{"deep":${'['.repeat(depth)}${']'.repeat(depth)},`);
    case 2:
      return json.replace(/"labels":\[[^\]]*\]/, `"labels":${'['.repeat(depth)}${']'.repeat(depth)}`);
    default:
      return json.slice(0, random.int(0, json.length));
  }
}
