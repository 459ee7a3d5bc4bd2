// Writes the OpenAPI document of all features: npm run openapi --workspace @deployguard/server
import { writeFileSync } from 'node:fs';
import { buildOpenApiText, openApiFile } from './openapi-file.ts';

writeFileSync(openApiFile, buildOpenApiText());
