// Runs other people's clients against the program `selvage`: node tests/clients/run.mjs [word…]
//
// `cargo build --package selvage-cli --package selvage-serve --bins --examples` comes first. Runs every `*.test.mjs` beside
// this file, or those whose names hold one of the words. The last line is `N passed, N failed`.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runTests } from '../browser/lib/suite.mjs';

// A stock client that lost its server for a moment says so by rejections that nobody waits for.
process.on('unhandledRejection', (error) => console.log(`    (unhandled: ${error?.message ?? error})`));

const words = process.argv.slice(2);
const files = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
  .filter((name) => name.endsWith('.test.mjs') && (words.length === 0 || words.some((word) => name.includes(word))))
  .sort();

const all = { passed: 0, failed: 0 };
for (const file of files) {
  console.log(`\n${file}`);
  await import(new URL(file, import.meta.url));
  const counts = await runTests({});
  all.passed += counts.passed;
  all.failed += counts.failed;
}
console.log(`${all.passed} passed, ${all.failed} failed`);
process.exit(all.failed > 0 || all.passed === 0 ? 1 : 0);
