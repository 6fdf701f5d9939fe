// The loop of an agent over the ways in to a workspace on disk: standard input and output, HTTP, and the executor of the desktop app.

import { strict as assert } from 'node:assert';
import { loadModule } from '../browser/lib/electron.mjs';
import { test } from '../browser/lib/suite.mjs';
import { agentLoop, FLOWS, POLICY } from '../loop/loop.mjs';
import { isGolden } from '../loop/normal.mjs';
import { connect } from './lib/client.mjs';
import { program } from './lib/host.mjs';
import { workspace } from './lib/mcp.mjs';

/** A person who is asked by a client: the questions that came, and the answer to one by its name. */
function somebody() {
  const asked = new Map();
  return {
    hears: (id, text) => new Promise((answer) => asked.set(id, { text, answer })),
    approve: async (id) => {
      const { text, answer } = asked.get(id);
      assert.match(text, /wants: /);
      answer({ approve: true });
    },
  };
}

/** A client of MCP that asks its person. */
const overMcp = (over) => async (defer) => {
  const { hears, approve } = somebody();
  const person = async ({ _meta, message }) => ({ action: 'accept', content: await hears(_meta['selvage/approval'], message) });
  const { client } = await connect(defer, over, { files: { 'selvage.policy.yaml': POLICY }, person });
  const call = async (name, input) => {
    const { isError, structuredContent, _meta } = await client.callTool({ name, arguments: input });
    return isError ? { ok: false, error: _meta['selvage/error'] } : { ok: true, value: structuredContent };
  };
  return { call, approve };
};

/** The executor in the main process of the desktop app, which asks the person at the app. */
async function overExecutor(defer) {
  const { NativeExecutor } = await loadModule('native');
  const { hears, approve } = somebody();
  const folder = workspace(defer, { 'selvage.policy.yaml': POLICY });
  const executor = new NativeExecutor({ program, workspace: folder, approve: ({ approval, text }) => hears(approval, text) });
  defer(() => executor.close());
  return { call: (name, input) => executor.call(name, input), approve };
}

const WAYS = { 'MCP over stdio': overMcp('stdio'), 'MCP over HTTP': overMcp('http'), 'the executor of the desktop app': overExecutor };

for (const language of Object.keys(FLOWS))
  for (const [over, open] of Object.entries(WAYS))
    test(`an agent does the whole loop with ${language} over ${over}, and a person approves`, async ({ defer }) => {
      isGolden(await agentLoop(await open(defer), language), language);
    });
