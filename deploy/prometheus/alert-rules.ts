import { COST_ALERTS } from './alerts/cost.ts';
import { DELIVERY_ALERTS } from './alerts/deliveries.ts';
import { FAILURE_ALERTS } from './alerts/failures.ts';
import { GITHUB_ALERTS } from './alerts/github.ts';
import { PUSH_ALERTS } from './alerts/push.ts';
import { QUEUE_ALERTS } from './alerts/queues.ts';
import { SERVICE_ALERTS } from './alerts/service.ts';
import type { AlertRule } from './rule.ts';

export interface AlertGroup {
  /** In the file of rules. */
  readonly name: string;
  /** In docs/alerts.md. */
  readonly title: string;
  readonly rules: readonly AlertRule[];
}

/** All alerts, as they are grouped in the file of rules and in docs/alerts.md. */
export const ALERT_GROUPS: readonly AlertGroup[] = [
  { name: 'github-actions.queues', title: 'Jobs that wait', rules: QUEUE_ALERTS },
  { name: 'github-actions.failures', title: 'What fails', rules: FAILURE_ALERTS },
  { name: 'github-actions.cost', title: 'Money', rules: COST_ALERTS },
  { name: 'ant-watcher.service', title: 'ant-watcher itself', rules: SERVICE_ALERTS },
  { name: 'ant-watcher.deliveries', title: 'Deliveries', rules: DELIVERY_ALERTS },
  { name: 'ant-watcher.github', title: 'Recovery', rules: GITHUB_ALERTS },
  { name: 'ant-watcher.push', title: 'Push', rules: PUSH_ALERTS },
];

/** All alerts. */
export const ALERT_RULES: readonly AlertRule[] = ALERT_GROUPS.flatMap(({ rules }) => rules);
