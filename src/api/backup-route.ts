import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { StoreCopy } from '../domain/store-copy.ts';
import { errorResponse } from '../http/json-response.ts';
import { sendError } from './reply.ts';

export interface BackupOptions {
  readonly engine: Pick<Engine, 'copy'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A client that takes nothing for so long is cut off; unless told a minute. */
  readonly backupStallMs?: number;
}

const STALL_MS = 60_000;
const CHUNK_BYTES = 256 * 1024;

/**
 * Makes a copy of the store and sends it. It is a POST, which asks for the rights of a change: a copy holds
 * more than the API shows to readers. One at a time, because each takes as much room as the database.
 */
export function addBackupRoute(app: FastifyInstance, options: BackupOptions): void {
  const { engine, clock, logger, backupStallMs = STALL_MS } = options;
  let isUnderWay = false;

  async function copy() {
    try {
      return await takeOver(await engine.copy());
    } catch (error) {
      isUnderWay = false;
      throw error;
    }
  }

  app.post('/api/v1/backup', async ({ socket }, reply) => {
    if (isUnderWay)
      return sendError(
        reply,
        errorResponse('under_way', { message: 'A backup is under way already: wait for its end.' }),
      );
    isUnderWay = true;
    const beganMs = clock();
    const { bytes, content } = await copy();
    const cutOff = () => socket.destroy();
    socket.setTimeout(backupStallMs).once('timeout', cutOff);
    finished(reply.raw, (error) => {
      isUnderWay = false;
      socket.setTimeout(0).off('timeout', cutOff);
      content.destroy();
      const fields = { bytes, seconds: (clock() - beganMs) / 1000 };
      if (error) logger.warn('backup_aborted', fields);
      else logger.info('Backup sent', fields);
    });
    return reply.type('application/vnd.sqlite3').header('Content-Length', bytes).send(content);
  });
}

/** Opens the file and takes its name away: it is gone with the process, however that ends. */
async function takeOver({ path, bytes }: StoreCopy) {
  const file = await open(path, 'r').finally(() => rmSync(path, { force: true }));
  return { bytes, content: file.createReadStream({ highWaterMark: CHUNK_BYTES }) };
}
