// Builds the fixture page once, before the tests that look at it.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export default async function setup(): Promise<void> {
  await build({ configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)), mode: 'fixture', logLevel: 'error' });
}
