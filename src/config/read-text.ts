import { resolve } from 'node:path';
import type { ConfigFiles } from './config-files.ts';
import type { ConfigProblem } from './problem.ts';
import { SECRET_PLACEHOLDER } from './secrets.ts';

/** How files are read that settings name. */
export interface Reading {
  /** Where relative paths start. */
  readonly cwd: string;
  /** Whether a file of secrets that can't be read counts as one. */
  readonly withoutSecrets: boolean;
  readonly files: ConfigFiles;
}

/** A file's text without byte order mark, or the system's code for why it can't be read, such as `ENOENT`. */
export function readText(
  path: string,
  files: ConfigFiles,
): { readonly text: string } | { readonly failure: string } {
  const content = files.read(path);
  if (typeof content === 'string') return { failure: content };
  return { text: content.toString('utf8').replace(/^\uFEFF/, '') };
}

/** Reads the file of a secret. No problem shows its path: somebody may have put the secret itself there. */
export function readSecretFile(
  path: string,
  { cwd, withoutSecrets, files }: Reading,
): { readonly text: string } | Pick<ConfigProblem, 'what' | 'hint'> {
  const read = readText(resolve(cwd, path), files);
  if ('failure' in read && withoutSecrets) return { text: SECRET_PLACEHOLDER };
  if ('failure' in read) {
    const hint = 'check its path; a relative one starts at the working directory';
    return { what: `the file cannot be read (${read.failure})`, hint };
  }
  return read.text.trim() === '' ? { what: 'the file is empty', hint: 'put the secret in it' } : read;
}
