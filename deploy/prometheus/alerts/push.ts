import { SELF } from '../../../src/domain/own-metrics.ts';
import { BOARDS, COUNT, DURATION, label } from '../annotations.ts';
import { grown, once, select } from '../promql.ts';
import { type AlertRule, spellSeconds } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';

const HEALTH = { page: '/health-page', board: BOARDS.self };

/** Samples and spans on their way to receivers. */
export const PUSH_ALERTS: readonly AlertRule[] = [
  {
    name: 'AntWatcherReceiverAway',
    severity: 'warning',
    expr: `time() - ${once(select(SELF.outboxOldest))} > ${THRESHOLDS.receiverAwaySeconds}`,
    summary: `Samples have waited ${DURATION} for the receiver ${label('sink')}`,
    description: 'They are kept, and sent once it answers.',
    ...HEALTH,
    runbook: {
      means: `A receiver has taken nothing for ${spellSeconds(THRESHOLDS.receiverAwaySeconds)}.`,
      look: '`/api/v1/push`, and the log: what it answers.',
      fix: "[Samples don't arrive](troubleshoot.md#samples-dont-arrive). There is time: `push.max_age` and `push.max_size` say how much.",
      harmless: 'The receiver is being upgraded.',
    },
  },
  {
    name: 'AntWatcherReceiverRefuses',
    severity: 'warning',
    expr: `${grown(select(SELF.pushRequests, { outcome: 'refused' }), '15m')} > 0`,
    summary: `The receiver ${label('sink')} refuses requests of ant-watcher (${label('job')})`,
    description: 'Its address, credentials or certificate are wrong. The samples are kept.',
    ...HEALTH,
    runbook: {
      means: 'A receiver answers, and refuses whatever is sent.',
      look: 'The log: status and text of its answer. `ant-watcher doctor` tries it.',
      fix: "[What a receiver's answer means](push-samples.md#what-a-receivers-answer-means): path, token, tenant, certificate.",
      harmless: 'A token was being rotated.',
    },
  },
  {
    name: 'AntWatcherSamplesLost',
    severity: 'warning',
    expr: `${grown(select(SELF.samples, { outcome: { not: 'sent' } }), '1h')} > 0`,
    summary: `${COUNT} samples did not reach the receiver ${label('sink')}: ${label('outcome')}`,
    description: 'It lacks these events for good. /metrics has them.',
    ...HEALTH,
    runbook: {
      means:
        'Samples were given up: `rejected` by the receiver, `expired` after `push.max_age`, or `overflow` over `push.max_size`.',
      look: '`/api/v1/push`, and the log.',
      fix: '`rejected`: a limit of the receiver, such as how old a sample may be ([Push event samples](push-samples.md)). `expired`, `overflow`: it was away for too long.',
      harmless: 'Never for the exact percentiles of that time.',
    },
  },
  {
    name: 'AntWatcherEndpointAway',
    severity: 'warning',
    expr: `time() - ${once(select(SELF.traceOutboxOldest))} > ${THRESHOLDS.receiverAwaySeconds}`,
    summary: `Spans have waited ${DURATION} for the endpoint ${label('sink')}`,
    description: 'They are kept, and sent once it answers.',
    ...HEALTH,
    runbook: {
      means: `An endpoint of OTLP has taken nothing for ${spellSeconds(THRESHOLDS.receiverAwaySeconds)}.`,
      look: '`/api/v1/push`, and the log: what it answers. `ant-watcher doctor` tries it.',
      fix: 'Make it answer: its address, credentials, certificate, or the Collector behind it. There is time: `otlp.max_age` and `otlp.max_size` say how much.',
      harmless: 'The Collector is being upgraded.',
    },
  },
  {
    name: 'AntWatcherSpansLost',
    severity: 'warning',
    expr: `${grown(select(SELF.spans, { outcome: { not: 'sent' } }), '1h')} > 0`,
    summary: `${COUNT} spans did not reach the endpoint ${label('sink')}: ${label('outcome')}`,
    description: 'Its traces lack them for good.',
    ...HEALTH,
    runbook: {
      means:
        'Spans were given up: `rejected` by the endpoint, also as a part of a request that it took, `expired` after `otlp.max_age`, or `overflow` over `otlp.max_size`.',
      look: '`/api/v1/push`, and the log.',
      fix: '`rejected`: a limit of the backend, such as how old or how large a trace may be. `expired`, `overflow`: it was away for too long.',
      harmless: 'Never for the traces of that time.',
    },
  },
  {
    name: 'AntWatcherSamplesMaybeLost',
    severity: 'info',
    expr: `${grown(select(SELF.repeatedSamples, { outcome: 'given_up' }), '1h')} > 0`,
    summary: `The receiver ${label('sink')} restarted and may have lost ${COUNT} samples`,
    description: 'They were not sent again, because it would store those twice that it did not lose.',
    ...HEALTH,
    runbook: {
      means: 'A receiver that had accepted samples has restarted since.',
      look: '[A receiver that crashes](push-samples.md#a-receiver-that-crashes).',
      fix: 'Stop it with SIGTERM, not with a kill. Give it time to write.',
      harmless: 'It was stopped properly.',
    },
  },
];
