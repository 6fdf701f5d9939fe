// Runs the browser tests: node tests/browser/run.mjs [word…]
//
// Builds what changed, starts the production server, and runs every `*.test.mjs` beside this file,
// or those whose names hold one of the words. The last line is `N passed, N failed`.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startServer } from './lib/server.mjs';
import { runTests } from './lib/suite.mjs';

const words = process.argv.slice(2);
const folder = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs') && (words.length === 0 || words.some((word) => name.includes(word))))
  .sort();

const server = await startServer({ build: process.env.SELVAGE_NO_BUILD === undefined });
const all = { passed: 0, failed: 0 };
const start = performance.now();
try {
  for (const file of files) {
    console.log(`\n${file}`);
    await import(new URL(file, import.meta.url));
    const counts = await runTests({ server });
    all.passed += counts.passed;
    all.failed += counts.failed;
  }
} finally {
  await server.stop();
}
console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s in all`);
console.log(`${all.passed} passed, ${all.failed} failed`);
process.exit(all.failed > 0 || all.passed === 0 ? 1 : 0);
