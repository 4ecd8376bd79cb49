import { readFileSync } from 'node:fs';
import { writeBundle } from './container.ts';

/* Called by the program that `writeContainerProgram` writes: IMAGE.json ARGUMENT… prints the folder for runc. */

const [image = '', ...args] = process.argv.slice(2);
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    // The image says where its data is.
    ([name]) => name.startsWith('ANT_WATCHER_') && name !== 'ANT_WATCHER_STORAGE_URL',
  ),
);
process.stdout.write(writeBundle(JSON.parse(readFileSync(image, 'utf8')), { args, env }));
