import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PATH = 'docs/replicas.md';

/** The block of that language in docs/replicas.md, of which there is one. */
export function blockOf(language: string): string {
  const text = readFileSync(join(import.meta.dirname, '../..', PATH), 'utf8');
  const blocks = Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm')),
    ([, block = '']) => block,
  );
  assert.equal(blocks.length, 1, `${PATH} has one block of ${language}`);
  return blocks[0] ?? '';
}

/** The same text with other places; each must be there. */
export function withPlaces(text: string, places: readonly (readonly [from: string, to: string])[]): string {
  return places.reduce((changed, [from, to]) => {
    assert.ok(changed.includes(from), `${PATH} says ${from}`);
    return changed.replaceAll(from, to);
  }, text);
}
