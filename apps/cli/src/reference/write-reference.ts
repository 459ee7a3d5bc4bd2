// Writes docs/cli.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../program.ts';
import { buildReference } from './build-reference.ts';
import { createPlainContext } from './plain-context.ts';

const file = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'cli.md');
writeFileSync(file, buildReference(buildProgram(createPlainContext())));
