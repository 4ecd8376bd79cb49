import type { Document } from 'yaml';
import { yaml } from './yaml.ts';

/**
 * Where keys stand in the text that their map has already. The parser's own check compares each key of a map with
 * all before it, which takes a minute where there are ten thousand.
 */
export function duplicateKeys(document: Document): number[] {
  const found: number[] = [];
  yaml().visit(document, {
    Map(_, map) {
      const values = new Set<unknown>();
      for (const { key } of map.items) {
        const value = yaml().isScalar(key) ? key.value : key;
        if (values.has(value)) found.push(offsetOf(key));
        values.add(value);
      }
    },
  });
  return found;
}

function offsetOf(key: unknown): number {
  return yaml().isNode(key) ? (key.range?.[0] ?? 0) : 0;
}
