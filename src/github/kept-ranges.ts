import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { objectOf } from './fields.ts';
import { type HookRanges, hookRangesIn } from './hook-ranges.ts';

/** What GitHub told, and when. */
export interface KeptRanges {
  readonly texts: readonly string[];
  readonly atMs: number;
}

/** The ranges that a former process has kept of the GitHub at `apiUrl`. Null: none that can be used. */
export function readKept(
  file: string,
  apiUrl: string,
): (Extract<HookRanges, { ranges: unknown }> & KeptRanges) | null {
  const text = readText(file);
  if (text === null) return null;
  const found = hookRangesIn(text);
  if ('failure' in found) return null;
  const { at_ms: atMs, api_url } = objectOf(JSON.parse(text)) ?? {};
  return api_url === apiUrl && typeof atMs === 'number' ? { ...found, atMs } : null;
}

/** Replaces the file as a whole. Rejects when it can't be written. */
export async function keep(file: string, apiUrl: string, { texts, atMs }: KeptRanges): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ api_url: apiUrl, at_ms: atMs, hooks: texts })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/** Null: there is none, or none that may be read. */
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
