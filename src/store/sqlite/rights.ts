import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Users other than the owner who can read or write the file, as `ls` shows permissions; null: none. */
export interface LooseRights {
  readonly path: string;
  /** As `0644`. */
  readonly mode: string;
}

const OTHERS = 0o066;
/**
 * A folder that others may not enter protects the file in it; one that they may write lets them put another
 * in its place.
 */
const ENTER = 0o011;
const WRITE = 0o022;

export function looseRights(link: string): LooseRights | null {
  const path = realpathSync(link);
  const file = modeOf(path);
  const folder = modeOf(dirname(path));
  const isEntered = (ENTER & folder) * 0o6;
  if ((file & OTHERS & isEntered) !== 0) return { path, mode: shown(file) };
  // In a folder with the sticky bit, as /tmp, only the owner of a file can put another in its place.
  if ((folder & WRITE) !== 0 && (folder & 0o1000) === 0) return { path: dirname(path), mode: shown(folder) };
  return null;
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}

function shown(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
