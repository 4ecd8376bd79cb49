export const HOOK_KINDS = ['app', 'organization', 'repository'] as const;
/** The kind of the webhooks. Only an App receives `workflow_dispatch` and `deployment_review`. */
export type HookKind = (typeof HOOK_KINDS)[number];
