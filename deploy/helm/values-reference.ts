import { isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';

/*
 * The table of values in the chart's README, from values.yaml and its comments.
 */

const TABLE = /(<!-- Values: [^\n]*-->\n)[\s\S]*?(<!-- End of values -->)/;

/** The README with the table of this values.yaml. */
export function valuesReference(readme: string, values: string): string {
  const { contents } = parseDocument(values);
  if (!isMap(contents)) throw new Error('values.yaml must hold a map.');
  const rows = contents.items.flatMap((pair) => rowsOf(pair as Pair, ''));
  const table = ['| value | meaning | default |', '| --- | --- | --- |', ...rows].join('\n');
  return readme.replace(TABLE, (_, start, end) => `${start}\n${table}\n\n${end}`);
}

/** One for each value, and one for a map that is explained as a whole. */
function rowsOf({ key, value }: Pair, prefix: string): string[] {
  const name = `${prefix}${key}`;
  const about = aboutOf(key);
  if (isMap(value) && isExplained(value)) {
    const members = value.items.flatMap((pair, at) =>
      rowsOf(withComment(pair as Pair, value, at), `${name}.`),
    );
    return about === '' ? members : [`| \`${name}\` | ${about} | |`, ...members];
  }
  return [`| \`${name}\` | ${about} | \`${onOneLine(value)}\` |`];
}

function onOneLine(value: unknown): string {
  const text = stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false });
  return text
    .replace(/([[{])\s+/g, '$1')
    .replace(/\s+([\]}])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Otherwise a map is shown as a whole. */
function isExplained(map: YAMLMap): boolean {
  return map.items.some((pair, at) => {
    const { key, value } = withComment(pair as Pair, map, at);
    return aboutOf(key) !== '' || (isMap(value) && isExplained(value));
  });
}

/** The comment before the first key of a map is the map's. */
function withComment(pair: Pair, map: YAMLMap, at: number): Pair {
  if (at === 0 && map.commentBefore && isScalar(pair.key)) pair.key.commentBefore = map.commentBefore;
  return pair;
}

function aboutOf(key: unknown): string {
  const comment = isScalar(key) ? (key.commentBefore ?? '') : '';
  // What stands apart is about the file.
  const own = comment.split(/\n\s*\n/).at(-1) ?? '';
  return own
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .replaceAll('|', '\\|');
}
