/*
 * "The use of standard GitHub-hosted runners is free: in public repositories, for GitHub Pages, for
 * Dependabot" (GitHub's page on the billing of Actions). The payload of a job identifies the latter two only
 * by the names of their workflows and jobs. Copilot's code review was free on that page until June 2026.
 */

/** What a job's payload says about who asked for it. */
export interface JobNames {
  /** The value of the label `workflow`, or the title that GitHub gives a run of its own. */
  readonly workflow: string;
  readonly name: string;
}

const FREE: readonly { readonly workflow: RegExp; readonly job: RegExp }[] = [
  { workflow: /^pages[- ]build[- ](and[- ])?deployment$/, job: /^(build|deploy|report-build-status)$/ },
  { workflow: /^(Dependabot Updates|\S+ in \/.* - Update #(\d+|\*))$/, job: /^Dependabot$/ },
];

/** Whether the job belongs to GitHub Pages or Dependabot. */
export function isFreeService({ workflow, name }: JobNames): boolean {
  return FREE.some((free) => free.workflow.test(workflow) && free.job.test(name));
}
