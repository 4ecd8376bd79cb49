import type { SampleProtocol } from '../samples/sample-protocol.ts';
import { remoteWriteFormat } from './remote-write.ts';

/**
 * Prometheus' remote write 1.0. It has no path of its own: `write` is Prometheus' and VictoriaMetrics', `push`
 * Mimir's and Grafana Cloud's, `receive` Thanos', `remote_write` Amazon's.
 */
export const REMOTE_WRITE: SampleProtocol = {
  formatWith: remoteWriteFormat,
  path: '/api/v1/write',
  known: /\/(write|push|receive|remote_write)$/,
  isIdempotent: true,
};
