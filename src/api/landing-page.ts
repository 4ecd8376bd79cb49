/** The page at `/`: what this is, and where to go from here. */
export function landingPage(version: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>ant-watcher</title>
<h1>ant-watcher ${version}</h1>
<p>Numbers you can trust about GitHub Actions.</p>
<ul>
<li><a href="/metrics">/metrics</a>: for Prometheus and everything that can scrape</li>
<li><a href="/health">/health</a>: how the service is</li>
<li><a href="/readyz">/readyz</a>, <a href="/livez">/livez</a>: for probes</li>
<li><a href="/api/v1/jobs">/api/v1/jobs</a>: the jobs that wait and run, those first that have waited for longest</li>
<li><a href="/api/v1/parked">/api/v1/parked</a>: deliveries that could not be processed</li>
</ul>
</html>
`;
}
