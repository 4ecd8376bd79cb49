export const HOOK_KINDS = ['app', 'organization', 'repository'] as const;
/** What the webhooks go through. Only an App is told of `workflow_dispatch`. */
export type HookKind = (typeof HOOK_KINDS)[number];
