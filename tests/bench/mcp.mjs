// `run_flow` over MCP, a fresh isolated instance each time, beside what an agent would otherwise do: start Node with its permission
// model on, or Python, for each call. Then many clients at once over HTTP, and more calls than the queue takes.

import { strict as assert } from 'node:assert';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { root } from '../browser/lib/server.mjs';
import { serve } from '../clients/lib/mcp.mjs';
import { asFlow, asNode, asPython, INPUT, INPUT_PATH, PROGRAMS } from './lib/mcp-programs.mjs';
import { median, quantile } from './lib/table.mjs';

export const title = 'run_flow over MCP';
export const peers = ['node', 'python'];

const binary = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'release/selvage');
const ROUNDS = 40;
const WARM_UP = 3;
/** The runs that all clients make together, and how many clients there are. */
const RUNS = 384;
const CLIENTS = [1, 8, 64];
/** What the queue is filled with: so many calls of each client at once. */
const CALLS_AT_ONCE = 4;
const MANY = CLIENTS.at(-1) * CALLS_AT_ONCE;

const PARTS = [['p50', median], ['p95', (values) => quantile(values, 0.95)]];

const run = promisify(execFile);
const now = () => performance.now();

/** The interpreters themselves, without what a version manager puts before them. */
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
const permission = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';

export async function measure({ defer, scratch, table }) {
  const bare = join(scratch, 'bare');
  const place = (path, text) => (mkdirSync(dirname(join(bare, path)), { recursive: true }), writeFileSync(join(bare, path), text));
  place(INPUT_PATH, INPUT);
  for (const program of PROGRAMS) {
    place(`${program.name}.mjs`, asNode(program));
    place(`${program.name}.py`, asPython(program));
  }
  const node = [permission, `--allow-fs-read=${bare}/*`, `--allow-fs-write=${bare}/*`, '--no-warnings'];
  const alone = {
    node: async (name) => JSON.parse((await run(process.execPath, [...node, join(bare, `${name}.mjs`)], { cwd: bare })).stdout),
    python: async (name) => JSON.parse((await run(python, [`${name}.py`], { cwd: bare })).stdout),
  };

  const stdio = await open(defer, join(scratch, 'stdio'));
  const http = await open(defer, join(scratch, 'http'), true);
  for (const { name } of PROGRAMS) {
    const ways = {};
    for (const [language, path] of Object.entries(paths(name))) {
      ways[`${language} over stdio`] = () => flow(stdio.client, path);
      ways[`${language} over HTTP`] = () => flow(http.client, path);
    }
    for (const peer of peers) ways[peer] = () => alone[peer](name);
    const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const results = [];
      for (const [way, call] of Object.entries(ways)) {
        const start = now();
        results.push(await call());
        if (round >= 0) times[way].push(now() - start);
      }
      for (const result of results) assert.deepEqual(result, results[0], `${name}: all come to the same`);
    }
    for (const [part, of] of PARTS) {
      const theirs = Object.fromEntries(peers.map((peer) => [peer, of(times[peer])]));
      for (const [way, values] of Object.entries(times)) {
        if (!peers.includes(way)) row(table, `${name}, ${way}, ${part}`, of(values), theirs);
      }
    }
  }
  await inARow(table, stdio.client, alone);
  await stdio.close();

  for (const clients of CLIENTS) await throng(table, http, alone, clients);
  await flood(table, http);
  table.note(`${ROUNDS} rounds, taken in turns; the peers: a process for each call, \`node ${permission}\` ${process.versions.node} and ${execFileSync(python, ['--version'], { encoding: 'utf8' }).trim()}; all come to the same result`);
  table.note('ours has the record, its signature, the log and a durable write with each call; target: the faster of the two');
}

/** A row whose target is to be faster than both. */
const row = (table, name, ours, theirs) => table.row(name, { ours, peers: theirs, target: Math.min(...Object.values(theirs)) });

/** Calls without a pause, as no agent makes them: what is done between them is waited for. */
async function inARow(table, client, alone) {
  const times = async (one) => {
    const all = [];
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const start = now();
      await one();
      if (round >= 0) all.push(now() - start);
    }
    return all;
  };
  const theirs = {};
  for (const peer of peers) theirs[peer] = await times(() => alone[peer]('trivial'));
  for (const [language, path] of Object.entries(paths('trivial'))) {
    const ours = await times(() => flow(client, path));
    for (const [part, of] of PARTS) row(table, `trivial, ${language} over stdio, without a pause, ${part}`, of(ours), Object.fromEntries(peers.map((peer) => [peer, of(theirs[peer])])));
  }
}

/** Where a program lies in the workspace, by language. */
const paths = (name) => ({ JS: `bench/${name}.flow.js`, Python: `bench/${name}.py` });

/** A new workspace with the programs in it, served, and a client of it. */
async function open(defer, folder, over) {
  execFileSync(binary, ['init', '--workspace', folder]);
  const served = over && (await serve(defer, folder, ['--no-key'], binary));
  const connect = async () => {
    const client = new Client({ name: 'bench', version: '1' });
    await client.connect(served ? new StreamableHTTPClientTransport(new URL(`${served.address}/mcp`)) : new StdioClientTransport({ command: binary, args: ['mcp', '--workspace', folder] }));
    return client;
  };
  const client = await connect();
  await call(client, 'write', { path: INPUT_PATH, content: INPUT });
  for (const program of PROGRAMS) {
    const { JS, Python } = paths(program.name);
    await call(client, 'write', { path: JS, content: asFlow(program) });
    await call(client, 'write', { path: Python, content: asPython(program) });
  }
  return { client, connect, address: served?.address, pid: served?.server.pid, close: () => client.close() };
}

async function call(client, name, input) {
  const { isError, structuredContent, content } = await client.callTool({ name, arguments: input });
  if (isError) throw new Error(`${name}: ${content[0].text}`);
  return structuredContent;
}

async function flow(client, path) {
  const { status, value, error } = await call(client, 'run_flow', { path });
  assert.equal(status, 'succeeded', JSON.stringify(error));
  return value;
}

/** What a process has of the memory, in MiB; nothing where the system does not say. */
function memory(pid) {
  const file = `/proc/${pid}/status`;
  return existsSync(file) ? Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))[1]) / 1024 : undefined;
}

/** So many clients at once, each with its session and a flow of its own; the peers: so many processes at once. */
async function throng(table, { connect, pid }, alone, clients) {
  const program = PROGRAMS.find(({ name }) => name === 'orders');
  const sessions = await Promise.all(Array.from({ length: clients }, connect));
  const own = (client) => paths(`throng-${client}`);
  await Promise.all(sessions.map(async (session, client) => {
    await call(session, 'write', { path: own(client).JS, content: asFlow(program) });
    await call(session, 'write', { path: own(client).Python, content: asPython(program) });
  }));
  const each = async (one) => {
    let left = RUNS;
    const start = now();
    await Promise.all(Array.from({ length: clients }, async (_, client) => {
      while (left-- > 0) await one(client);
    }));
    return (now() - start) / RUNS;
  };
  const theirs = {};
  for (const peer of peers) theirs[peer] = await each(() => alone[peer](program.name));
  for (const language of Object.keys(own(0))) {
    const ours = await each((client) => flow(sessions[client], own(client)[language]));
    row(table, `${clients} at once over HTTP, ${program.name}, ${language}, each`, ours, theirs);
    if (memory(pid)) table.row('the server\'s memory with them', { ours: memory(pid), peers: {}, unit: 'MiB' });
  }
  await Promise.all(sessions.map((session) => session.close()));
}

/** More calls at once than the queue takes: who is refused comes again when it was told to, and at the end each was done once. */
async function flood(table, { connect, address, pid }) {
  const client = await connect();
  const flows = Array.from({ length: MANY }, (_, number) => `bench/flood-${number}.flow.js`);
  for (const path of flows) await call(client, 'write', { path, content: `export default async (flow) => {\n  let n = 0;\n  for (let i = 0; i < 20000; i++) n += i;\n  await flow.fs.write(flow.args.to, String(n));\n  return n;\n};\n` });
  const said = { 200: 0, 503: 0 };
  await Promise.all(flows.map(async (path, number) => {
    for (;;) {
      const answer = await fetch(`${address}/tools/run_flow`, { method: 'POST', body: JSON.stringify({ path, args: { to: `flood/${number}.txt` } }) });
      const { ok, value, error } = await answer.json();
      said[answer.status] += 1;
      if (answer.status === 200) return assert.ok(ok && value.status === 'succeeded' && value.value === 199_990_000, JSON.stringify(error ?? value.error));
      assert.equal(`${answer.status} ${error.code}`, '503 BUSY');
      const seconds = Number(answer.headers.get('retry-after')) || 1;
      assert.ok(seconds > 0, 'who is refused is told when to come again');
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }));
  const { runs } = await call(client, 'flow_runs', { limit: 1000 });
  const done = runs.filter(({ path, status }) => flows.includes(path) && status === 'succeeded').length;
  const { entries } = await call(client, 'ls', { path: 'flood' });
  assert.deepEqual([said[200], done, entries.length], [MANY, MANY, MANY], 'each was done once');
  assert.ok(said[503] > 0, 'the queue was full');
  await client.close();
  table.note(`${MANY} calls at once where 100 may wait: ${said[200]} done once each, ${said[503]} refusals with a time to come again, 0 lost${memory(pid) ? `; the server had ${memory(pid).toFixed(0)} MiB` : ''}`);
}
