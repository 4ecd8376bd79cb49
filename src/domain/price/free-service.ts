/*
 * "The use of standard GitHub-hosted runners is free: in public repositories, for GitHub Pages, for Dependabot" (GitHub's page on
 * the billing of Actions). Whoever sees a job alone knows these two by what GitHub calls their workflows and jobs; nothing else in its
 * payload tells. Copilot's code review was free on that page until June 2026.
 */

/** What a job's payload tells of who asked for it. */
export interface JobNames {
  /** The value of the label `workflow`, or a title as GitHub gives it to a run of its own. */
  readonly workflow: string;
  readonly name: string;
}

const FREE: readonly { readonly workflow: RegExp; readonly job: RegExp }[] = [
  { workflow: /^pages[- ]build[- ](and[- ])?deployment$/, job: /^(build|deploy|report-build-status)$/ },
  { workflow: /^(Dependabot Updates|\S+ in \/.* - Update #(\d+|\*))$/, job: /^Dependabot$/ },
];

/** Whether it is GitHub Pages or Dependabot at work. */
export function isFreeService({ workflow, name }: JobNames): boolean {
  return FREE.some((free) => free.workflow.test(workflow) && free.job.test(name));
}
