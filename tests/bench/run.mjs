// Prints figures beside those of others, measured in the same run: node tests/bench/run.mjs [section…]
//
// Runs are measured in a browser beside quickjs-emscripten, as it is usually isolated: a fresh runtime in a fresh Worker; those of
// Python beside Pyodide, likewise.
// The workspace is measured in Node beside automerge, yjs, loro and reptree; `run_flow` over MCP beside a process of Node or Python
// for each call. Nothing here fails on a slow machine; a
// figure that misses its target is marked, and a person reads it.

import { tmpdir } from 'node:os';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '../browser/lib/server.mjs';
import { removeFolder } from '../browser/lib/suite.mjs';
import { buildPeer } from './lib/peer.mjs';
import { serveBench } from './lib/site.mjs';
import { Table } from './lib/table.mjs';
import * as start from './start.mjs';
import * as warm from './warm.mjs';
import * as programs from './programs.mjs';
import * as stop from './stop.mjs';
import * as memory from './memory.mjs';
import * as overhead from './overhead.mjs';
import * as python from './python.mjs';
import * as workspace from './workspace.mjs';
import * as mcp from './mcp.mjs';

const SECTIONS = { start, warm, programs, stop, memory, overhead, python, workspace, mcp };

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  console.error(`there is no section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(1);
}

const undo = [];
const defer = (what) => undo.push(what);
try {
  const scratch = mkdtempSync(join(tmpdir(), 'selvage-bench-'));
  defer(async () => removeFolder(scratch));
  const sections = Object.entries(SECTIONS).filter(([name]) => names.length === 0 || names.includes(name));
  const context = { defer, scratch };
  if (sections.some(([, section]) => !section.peers)) {
    const peer = await buildPeer(join(scratch, 'peer'));
    const open = async (options) => {
      const server = await startServer(options);
      defer(server.stop);
      return serveBench(defer, server, peer);
    };
    Object.assign(context, { site: await open({}), bare: await open({ isolated: false }) });
  }
  for (const [, section] of sections) {
    const table = new Table(section.title, section.peers ?? (section.peer && [section.peer]));
    await section.measure({ ...context, table });
    table.print();
  }
} finally {
  for (const what of undo.reverse()) await what();
}
