import { readFileSync } from 'node:fs';

/** A file's text without byte order mark, or the system's code for why it can't be read, such as `ENOENT`. */
export function readText(path: string): { readonly text: string } | { readonly failure: string } {
  try {
    return { text: readFileSync(path, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { failure: String(error.code) };
    throw error;
  }
}
