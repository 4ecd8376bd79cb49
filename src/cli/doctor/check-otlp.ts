import { AntError } from '../../domain/errors.ts';
import type { SendOutcome } from '../../domain/send-outcome.ts';
import { openEndpoint } from '../../otlp/open-endpoint.ts';
import type { EndpointOptions, OtlpOptions } from '../../otlp/otlp-options.ts';
import { otlpOutcomeOf } from '../../otlp/outcome.ts';
import { emptyRequest, requestHeaders } from '../../otlp/request.ts';
import { type Signal, takesSignal } from '../../otlp/signal-path.ts';
import type { WireFormat } from '../../outbound/wire-format.ts';
import { type Finding, findingsAbout } from './finding.ts';

const MAX_WAIT_MS = 10_000;

const HINTS: Readonly<Record<Exclude<SendOutcome['kind'], 'sent'>, string>> = {
  retry: 'is it up, and is its name and port right? Spans wait in the outbox',
  refused: 'look at its URL and at otlp.headers',
  rejected: 'does it take this otlp.protocol, and otlp.compression? Try http/json, or none',
  too_large: 'it takes no request of any size: look at its limits and those of proxies before it',
};

/** Whether each endpoint accepts a request without content, as the specification has it. */
export async function checkOtlp(read: () => OtlpOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const options = read();
    for (const endpoint of options.endpoints)
      for (const signal of signalsOf(options, endpoint))
        findings.push(await probe(endpoint, signal, options));
  } catch (error) {
    if (!(error instanceof AntError)) throw error;
    findings.push(findingsAbout('receiver otlp').failed(error.message, error.hint ?? 'look at its settings'));
  }
  return findings;
}

function signalsOf({ traces, metricsIntervalMs }: OtlpOptions, { url }: EndpointOptions): Signal[] {
  const signals: Signal[] = [
    ...(traces.isOn ? (['traces'] as const) : []),
    ...(metricsIntervalMs > 0 ? (['metrics'] as const) : []),
  ];
  return signals.filter((signal) => takesSignal(url, signal));
}

async function probe(endpoint: EndpointOptions, signal: Signal, options: OtlpOptions): Promise<Finding> {
  const { ok, failed } = findingsAbout(`receiver ${endpoint.name}`);
  const format: WireFormat<never> = {
    headers: requestHeaders(options),
    encode: async () => ({ count: 1, payload: await emptyRequest(options), problem: null }),
    outcomeOf: otlpOutcomeOf,
  };
  const timeoutMs = Math.min(options.timeoutMs, MAX_WAIT_MS);
  const receiver = openEndpoint(endpoint, signal, format, { ...options, timeoutMs });
  const outcome = await receiver.post(await emptyRequest(options));
  await receiver.close();
  if (outcome.kind === 'sent') return ok(`takes ${signal}: it took a request without content`);
  const hint = ('hint' in outcome ? outcome.hint : undefined) ?? HINTS[outcome.kind];
  return failed(`does not take ${signal}: ${outcome.reason}`, hint);
}
