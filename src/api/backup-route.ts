import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream';
import type { Engine, Logger } from '../domain/contracts.ts';
import { errorResponse } from '../http/json-response.ts';
import { monotonicMs } from '../timing/monotonic.ts';
import { withJson } from './routing/request-body.ts';
import type { Routes } from './routing/route-table.ts';

export interface BackupOptions {
  readonly engine: Pick<Engine, 'copy'>;
  readonly logger: Logger;
}

const CHUNK_BYTES = 256 * 1024;
const UNDER_WAY = errorResponse('under_way', {
  message: 'A backup is already running: wait until it has ended.',
});

/**
 * Makes a copy of the store and sends it. It is a POST, so it needs the right to change things: a copy
 * contains more than readers may see. Only one at a time, because each takes as much space as the database.
 */
export function addBackupRoute(routes: Routes, options: BackupOptions): void {
  const { engine, logger } = options;
  let isInProgress = false;

  async function copy() {
    try {
      return await takeOver(await engine.copy());
    } catch (error) {
      isInProgress = false;
      throw error;
    }
  }

  const send = withJson(async (_, { response }) => {
    if (isInProgress) return UNDER_WAY;
    isInProgress = true;
    const startedAtMs = monotonicMs();
    const { bytes, content } = await copy();
    finished(response, (error) => {
      isInProgress = false;
      content.destroy();
      const fields = { bytes, seconds: (monotonicMs() - startedAtMs) / 1000 };
      if (error) logger.warn('backup_aborted', fields);
      else logger.info('Backup sent', fields);
    });
    const headers = { 'Content-Type': 'application/vnd.sqlite3', 'Content-Length': bytes };
    return { status: 200, headers, body: content };
  });
  routes.post('/api/v1/backup', send);
}

/** Opens the file and deletes its name, so it is gone when the process ends, however that happens. */
async function takeOver({ path, bytes }: Awaited<ReturnType<Engine['copy']>>) {
  const file = await open(path, 'r').finally(() => rmSync(path, { force: true }));
  return { bytes, content: file.createReadStream({ highWaterMark: CHUNK_BYTES }) };
}
