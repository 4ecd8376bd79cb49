import type { OldExporter } from './old-exporter.ts';
import { type OldValue, type OldValues, readValue } from './old-value.ts';

/** What can be shown of a flag that is unknown. */
const FLAG_NAME = /^--[a-z][a-z0-9._-]{0,60}$/;

/**
 * The flags of another exporter, `--name value` or `--name=value`, with one hyphen or two. The first word may be
 * the program.
 */
export function readOldFlags(args: readonly string[], { settings }: OldExporter, from: string): OldValues {
  const known = new Map(settings.flatMap((each) => each.names.map((name) => [name, each.becomes])));
  const values: OldValue[] = [];
  const unread: string[] = [];
  const words = args.slice(args[0]?.startsWith('-') === false ? 1 : 0);
  for (let at = 0; at < words.length; at++) {
    const [, flag = '', inline] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(words[at] ?? '') ?? [];
    const name = `--${flag}`;
    const becomes = known.get(name);
    const next = words[at + 1];
    // The value of a secret may begin with a hyphen, too.
    const takesNext = inline === undefined && next !== undefined && flag !== '' && !next.startsWith('--');
    const isValue = takesNext && (!next.startsWith('-') || (becomes !== undefined && 'secret' in becomes));
    if (isValue) at++;
    const text = inline ?? (isValue ? next : 'true');
    if (FLAG_NAME.test(name)) values.push({ name, value: readValue(text), from });
    else unread.push(`word ${at + 1} of ${from} is no flag`);
  }
  // Of a flag that is given twice, the last one counts.
  return { values: values.reverse(), unread };
}
