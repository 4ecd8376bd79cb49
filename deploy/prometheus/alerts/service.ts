import { SELF } from '../../../src/domain/own-metrics.ts';
import { BOARDS, COUNT, DURATION, label, SHARE } from '../annotations.ts';
import { answered, grown, installationAnd, lowest, select } from '../promql.ts';
import { type AlertRule, spellSeconds } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';

const HEALTH = { page: '/health-page', board: BOARDS.self };
const ITS_PROCESS = `on (${installationAnd('instance')})`;
const BUILD = select(SELF.buildInfo);

/** The process, its machine and its store. */
export const SERVICE_ALERTS: readonly AlertRule[] = [
  {
    name: 'AntWatcherDown',
    severity: 'critical',
    expr: `${answered('7d')}\n  unless ${answered()}`,
    for: '5m',
    summary: `ant-watcher (${label('job')}) does not answer scrapes`,
    description:
      'Nobody watches GitHub Actions, and webhooks are refused if the process is down. No other alert of it can fire.',
    ...HEALTH,
    runbook: {
      means:
        'Prometheus could scrape ant-watcher in the last seven days, and can no more. It is known by its own metrics, so the name of the scrape job does not matter. What was never scraped is not known.',
      look: 'Targets in Prometheus: the error of the last scrape. Then the log of the service, and `ant-watcher health`.',
      fix: 'Start it again: [the process ended by itself](troubleshoot.md#the-process-ended-by-itself), [scrapes are answered with 503](troubleshoot.md#scrapes-are-answered-with-503). What GitHub could not deliver meanwhile is [recovered](recover.md#lost-webhooks) for three days.',
      harmless:
        'It was moved or removed on purpose, or the scrape job got another name: silence it for a week.',
    },
  },
  {
    name: 'AntWatcherStoreNotWritable',
    severity: 'critical',
    expr: `${lowest(select(SELF.storeWritable))} == 0`,
    for: '2m',
    summary: `ant-watcher (${label('job')}) can't write its database`,
    description: 'Webhooks are answered with 503, and nothing new is counted.',
    ...HEALTH,
    runbook: {
      means: 'The disk is full, or the database is not where it was.',
      look: '`/health`, which says which of them, and `df`.',
      fix: '[The disk is full](troubleshoot.md#the-disk-is-full), or [the database was moved, removed or overwritten](troubleshoot.md#the-database-was-moved-removed-or-overwritten). It goes on by itself.',
      harmless: 'Never. What is refused comes back only if recovery is set up.',
    },
  },
  {
    name: 'AntWatcherRestarting',
    severity: 'warning',
    expr: `changes(${select(SELF.startTime)}[1h]) > ${THRESHOLDS.restarts}\n  and ${ITS_PROCESS} present_over_time(${BUILD}[1h])`,
    summary: `ant-watcher (${label('instance')}) has restarted ${COUNT} times within an hour`,
    description: 'Something ends the process again and again. Its last lines in the log say what.',
    ...HEALTH,
    runbook: {
      means: `The process has started more than ${THRESHOLDS.restarts} times within an hour.`,
      look: 'The end of the log before each start, and whether the kernel or the orchestrator killed it (memory, probes).',
      fix: '[The process ended by itself](troubleshoot.md#the-process-ended-by-itself).',
      harmless: 'Somebody works on its configuration.',
    },
  },
  {
    name: 'AntWatcherMemoryPressure',
    severity: 'warning',
    expr: `${select(SELF.memoryPressure)} == 1`,
    for: '5m',
    summary: `ant-watcher (${label('instance')}) has nearly no memory left`,
    description: 'Webhooks are answered with 503 meanwhile.',
    ...HEALTH,
    runbook: {
      means: 'Memory is nearly exhausted, so that the process takes no more deliveries.',
      look: 'The board of ant-watcher: memory and its limit, and the number of series.',
      fix: 'Give it more ([Memory](configure.md#memory)), or [have fewer series](troubleshoot.md#there-are-too-many-series).',
      harmless: 'A burst that passes. If it comes back every day, it is not.',
    },
  },
  {
    name: 'AntWatcherFileDescriptors',
    severity: 'warning',
    expr: `${select(SELF.openFds)} / ${select(SELF.maxFds)} > ${THRESHOLDS.openFiles}\n  and ${ITS_PROCESS} ${BUILD}`,
    for: '5m',
    summary: `ant-watcher (${label('instance')}) has ${SHARE} of its file descriptors open`,
    description: 'Without one, no connection is taken.',
    ...HEALTH,
    runbook: {
      means: `More than ${THRESHOLDS.openFiles * 100} % of the allowed file descriptors are open.`,
      look: '`ant_watcher_webhook_connections`, and who holds connections: `ss -tp`.',
      fix: '[File descriptors run out](troubleshoot.md#file-descriptors-run-out).',
      harmless: 'A flood that its limits hold off.',
    },
  },
  {
    name: 'AntWatcherClockWrong',
    severity: 'warning',
    expr: `abs(${select(SELF.clockOffset)}) > ${THRESHOLDS.clockSeconds}`,
    for: '5m',
    summary: `The clock of ${label('instance')} is wrong by ${DURATION}`,
    description: 'ant-watcher works with the time that GitHub confirms. Prometheus and the log may not.',
    ...HEALTH,
    runbook: {
      means: `The clock of the machine is more than ${spellSeconds(THRESHOLDS.clockSeconds)} off.`,
      look: '`timedatectl`.',
      fix: '[The clock is wrong](troubleshoot.md#the-clock-is-wrong).',
      harmless: 'A laptop that was suspended.',
    },
  },
  {
    name: 'AntWatcherReloadFailed',
    severity: 'warning',
    expr: `${select(SELF.configReloaded)} == 0`,
    for: '5m',
    summary: `The last reload of ant-watcher (${label('instance')}) failed`,
    description: 'The old configuration is in use. A restart would fail.',
    ...HEALTH,
    runbook: {
      means: 'The configuration that was read last has a fault, so nothing of it is used.',
      look: 'The log, or `ant-watcher check-config`: all faults at once.',
      fix: 'Correct it and [reload](configure.md#change-the-configuration).',
      harmless: 'Only until the next restart.',
    },
  },
  {
    name: 'AntWatcherCertificateExpires',
    severity: 'warning',
    expr: `${select(SELF.tlsExpiry)} - time() < ${THRESHOLDS.certificateSeconds}`,
    summary: `The certificate of the ${label('listener')} listener expires in ${DURATION}`,
    description: `Of ${label('instance')}. GitHub does not deliver to an expired one.`,
    ...HEALTH,
    runbook: {
      means: `A certificate expires within ${spellSeconds(THRESHOLDS.certificateSeconds)}.`,
      look: 'Whatever renews it: its log and its timer.',
      fix: 'Renew it. The new file is read without a restart; [AntWatcherCertificateReloadFailed](#antwatchercertificatereloadfailed) says if it is invalid.',
      harmless: 'It lives for less than a week by design: lower the threshold.',
    },
  },
  {
    name: 'AntWatcherCertificateReloadFailed',
    severity: 'warning',
    expr: `${grown(select(SELF.tlsReloads, { outcome: 'failed' }), '1h')} > 0`,
    summary: `A new certificate of the ${label('listener')} listener is invalid`,
    description: 'The old one stays in use until it expires.',
    ...HEALTH,
    runbook: {
      means: 'The file of a certificate or its key has changed, and can not be used.',
      look: 'The log, which says what is wrong with it.',
      fix: 'Write the certificate and the key that belongs to it.',
      harmless: 'Both files were replaced one after the other, and the second attempt worked.',
    },
  },
  {
    name: 'AntWatcherErrorLogged',
    severity: 'info',
    expr: `${grown(select(SELF.logEvents, { level: 'error' }), '15m')} > 0`,
    summary: `ant-watcher (${label('job')}) has logged an error: ${label('code')}`,
    description: `${COUNT} times in a quarter of an hour. The list of codes says what it means and what to do.`,
    ...HEALTH,
    runbook: {
      means: 'An error was logged. Most errors that last have an alert of their own.',
      look: 'The [code](errors.md#in-the-log) in the list, and the line in the log.',
      fix: 'As the list says.',
      harmless: 'It was once, and the list says that it is tried again.',
    },
  },
  {
    name: 'AntWatcherScrapesUnread',
    severity: 'info',
    expr: `${grown(select(SELF.unreadResponses, { listener: 'api' }), '15m')} > 0`,
    summary: `A client of the API of ant-watcher (${label('job')}) does not read what it asks for`,
    description: 'It may keep others from being answered: eight expositions are kept until they are read.',
    ...HEALTH,
    runbook: {
      means: 'A connection was closed because its client did not read the answer in time.',
      look: 'The log: the address of the client.',
      fix: '[Scrapes are answered with 503](troubleshoot.md#scrapes-are-answered-with-503).',
      harmless: 'Somebody suspended a laptop with the page open.',
    },
  },
  {
    name: 'AntWatcherSeriesCapped',
    severity: 'warning',
    expr: `${grown(select(SELF.seriesDropped), '1h')} > 0`,
    summary: `${label('metric')} has as many series as metrics.max_series allows`,
    description: 'What is new is counted in the series __other__, so numbers by repository are too low.',
    ...HEALTH,
    runbook: {
      means: 'A metric has reached the limit of its series.',
      look: '`ant_watcher_series`, and which label has so many values: `count by (repository) (…)`, and so on.',
      fix: '[There are too many series](troubleshoot.md#there-are-too-many-series): leave out a label, or give names without ids.',
      harmless: 'Sums over all series stay right.',
    },
  },
  {
    name: 'AntWatcherJobNumbersDropped',
    severity: 'info',
    expr: `${grown(select(SELF.jobNumbersDropped), '1h')} > 0`,
    summary: `Numbers that jobs report were dropped by ant-watcher (${label('job')})`,
    description: `${COUNT} within an hour.`,
    ...HEALTH,
    runbook: {
      means: 'Jobs use too many names of metrics, or a counter is full.',
      look: 'The names on `/metrics` that begin with `job_`.',
      fix: 'Use few names and put the rest into labels: [what can be sent](job-numbers.md#what-can-be-sent).',
      harmless: 'Only the numbers of jobs are concerned.',
    },
  },
];
