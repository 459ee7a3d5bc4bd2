// Writes docs/settings.md: npm run settings --workspace @deployguard/server
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSettingsPage } from './build-settings-page.ts';

writeFileSync(join(import.meta.dirname, '..', '..', '..', '..', '..', 'docs', 'settings.md'), buildSettingsPage());
