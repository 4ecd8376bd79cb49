import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigProblem } from './problem.ts';
import { SECRET_PLACEHOLDER } from './secrets.ts';

/** How files are read that settings name. */
export interface Reading {
  /** Where relative paths start. */
  readonly cwd: string;
  /** Whether a file of secrets that can't be read counts as one. */
  readonly withoutSecrets: boolean;
}

/** A file's text without byte order mark, or the system's code for why it can't be read, such as `ENOENT`. */
export function readText(path: string): { readonly text: string } | { readonly failure: string } {
  try {
    return { text: readFileSync(path, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { failure: String(error.code) };
    throw error;
  }
}

/** Reads the file of a secret. No problem shows its path: somebody may have put the secret itself there. */
export function readSecretFile(
  path: string,
  { cwd, withoutSecrets }: Reading,
): { readonly text: string } | Pick<ConfigProblem, 'what' | 'hint'> {
  const read = readText(resolve(cwd, path));
  if ('failure' in read && withoutSecrets) return { text: SECRET_PLACEHOLDER };
  if ('failure' in read) {
    const hint = 'check its path; a relative one starts at the working directory';
    return { what: `the file cannot be read (${read.failure})`, hint };
  }
  return read.text.trim() === '' ? { what: 'the file is empty', hint: 'put the secret in it' } : read;
}
