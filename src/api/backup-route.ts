import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Engine, Logger } from '../domain/contracts.ts';
import { errorResponse } from '../http/json-response.ts';
import { monotonicMs } from '../timing/monotonic.ts';
import { sendError } from './reply.ts';

export interface BackupOptions {
  readonly engine: Pick<Engine, 'copy'>;
  readonly logger: Logger;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Makes a copy of the store and sends it. It is a POST, so it needs the right to change things: a copy
 * contains more than readers may see. Only one at a time, because each takes as much space as the database.
 */
export function addBackupRoute(app: FastifyInstance, options: BackupOptions): void {
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

  app.post('/api/v1/backup', async (_, reply) => {
    if (isInProgress)
      return sendError(
        reply,
        errorResponse('under_way', { message: 'A backup is already running: wait until it has ended.' }),
      );
    isInProgress = true;
    const startedAtMs = monotonicMs();
    const { bytes, content } = await copy();
    finished(reply.raw, (error) => {
      isInProgress = false;
      content.destroy();
      const fields = { bytes, seconds: (monotonicMs() - startedAtMs) / 1000 };
      if (error) logger.warn('backup_aborted', fields);
      else logger.info('Backup sent', fields);
    });
    return reply.type('application/vnd.sqlite3').header('Content-Length', bytes).send(content);
  });
}

/** Opens the file and deletes its name, so it is gone when the process ends, however that happens. */
async function takeOver({ path, bytes }: Awaited<ReturnType<Engine['copy']>>) {
  const file = await open(path, 'r').finally(() => rmSync(path, { force: true }));
  return { bytes, content: file.createReadStream({ highWaterMark: CHUNK_BYTES }) };
}
