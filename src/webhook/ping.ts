const NEEDED = ['workflow_job', 'workflow_run'] as const;

/**
 * The events that a hook should send but does not, by its ping (`hook.events`). Empty when the ping does not
 * tell, as that of a GitHub App without events does.
 */
export function missingSubscriptions(ping: Readonly<Record<string, unknown>>): string[] {
  const { hook } = ping;
  const events = typeof hook === 'object' && hook !== null && 'events' in hook ? hook.events : null;
  if (!Array.isArray(events) || events.includes('*')) return [];
  return NEEDED.filter((event) => !events.includes(event));
}
