/** How often each endpoint was called, and with what result: for tests of budgets. */
export interface RequestCounts {
  /** All requests, or those to an endpoint such as `GET /repos/{owner}/{repo}/actions/runs`. */
  total(endpoint?: string): number;
  /** Answers by status; 0 counts those cut off or left without an answer. */
  answers(endpoint: string): ReadonlyMap<number, number>;
  add(endpoint: string, status: number): void;
  /** Resets all counts. */
  clear(): void;
}

export function createRequestCounts(): RequestCounts {
  const counts = new Map<string, Map<number, number>>();
  return {
    total(endpoint) {
      const wanted = endpoint === undefined ? [...counts.values()] : [counts.get(endpoint) ?? new Map()];
      return wanted.flatMap((each) => [...each.values()]).reduce((sum, each) => sum + each, 0);
    },
    answers: (endpoint) => counts.get(endpoint) ?? new Map(),
    add(endpoint, status) {
      const byStatus = counts.get(endpoint) ?? new Map<number, number>();
      counts.set(endpoint, byStatus);
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    },
    clear: () => counts.clear(),
  };
}
