// Runs other people's clients against the program `selvage`: node tests/clients/run.mjs [word…]
//
// `cargo build --package selvage-cli --package selvage-serve --bins --examples` comes first. Runs every `*.test.mjs` beside
// this file, or those whose names hold one of the words. The last line is `N passed, N failed`.

import { runFolder } from '../browser/lib/suite.mjs';

// A stock client that lost its server for a moment says so by rejections that nobody waits for.
process.on('unhandledRejection', (error) => console.log(`    (unhandled: ${error?.message ?? error})`));

const passed = await runFolder(new URL('.', import.meta.url), { words: process.argv.slice(2), lanes: 2 });
process.exit(passed ? 0 : 1);
