import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readOpenApi } from '../scripts/openapi-types.ts';

const ajv = new Ajv.default({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', ...readOpenApi() });

/** Fails unless `answer` is what the OpenAPI document says of `schema`, such as `Queues`. */
export function assertAnswers(schema: string, answer: unknown): void {
  const validate = ajv.getSchema(`openapi#/components/schemas/${schema}`);
  assert.ok(validate, `The OpenAPI document has no schema ${schema}.`);
  const isValid = validate(answer);
  assert.ok(
    isValid,
    `${schema}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(answer).slice(0, 2000)}`,
  );
}
