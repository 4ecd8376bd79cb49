import type { LabelPair } from '../../domain/sample.ts';
import type { ConnectionOptions } from '../open-sender.ts';
import type { PushProtocol } from '../protocols.ts';

/** The options of a receiver of samples. */
export interface ReceiverOptions extends ConnectionOptions {
  readonly protocol: PushProtocol;
  /** Added to every sample that has no label of that name. */
  readonly extraLabels: readonly LabelPair[];
}
