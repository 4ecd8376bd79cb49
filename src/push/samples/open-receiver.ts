import { AntError } from '../../domain/errors.ts';
import { openSender } from '../open-sender.ts';
import { PROTOCOLS } from '../protocols.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import { completeReceiverUrl } from './receiver-url.ts';
import { isLabelName } from './sample-problem.ts';
import { HttpSampleReceiver, type SampleReceiver } from './sample-receiver.ts';

/**
 * Opens a receiver of samples; nothing is sent yet. Throws `config_invalid` for options that can't work,
 * without their values in the message.
 */
export function openReceiver(options: ReceiverOptions): SampleReceiver {
  const { protocol, extraLabels } = options;
  const way = openSender(options, completeReceiverUrl(options.url, protocol));
  checkExtraLabels(extraLabels);
  return new HttpSampleReceiver({ ...way, protocol, format: PROTOCOLS[protocol].formatWith(extraLabels) });
}

function checkExtraLabels(extraLabels: ReceiverOptions['extraLabels']): void {
  const names = new Set<string>();
  for (const [name] of extraLabels) {
    if (!isLabelName(name))
      throw new AntError('config_invalid', `The extra label ${JSON.stringify(name)} has an invalid name.`);
    // Prometheus would refuse every sample.
    if (names.has(name)) throw new AntError('config_invalid', `The extra label ${name} is set twice.`);
    names.add(name);
  }
}
