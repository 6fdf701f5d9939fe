// Runs the browser tests: node tests/browser/run.mjs [word…]
//
// Builds what changed, starts the production server, and runs every `*.test.mjs` beside this file,
// or those whose names hold one of the words. The last line is `N passed, N failed`.

import { startServer } from './lib/server.mjs';
import { runFolder } from './lib/suite.mjs';

/** A journey waits for half of its time: for a browser to start, for somebody to be found dead. */
const LANES = 2;
/** What looks at how long the page does not answer, and what fills both processors by itself. */
const ALONE = ['hostile', 'kill'];

const server = await startServer({ build: process.env.SELVAGE_NO_BUILD === undefined });
let passed = false;
try {
  passed = await runFolder(new URL('.', import.meta.url), { words: process.argv.slice(2), lanes: LANES, alone: ALONE, context: { server } });
} finally {
  await server.stop();
}
process.exit(passed ? 0 : 1);
