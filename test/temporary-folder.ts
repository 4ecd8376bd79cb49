import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** For tests: a folder with these files (by relative path), removed at the end of the scope. */
export function openTemporaryFolder(
  files: Readonly<Record<string, string>> = {},
): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'ant-watcher-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
