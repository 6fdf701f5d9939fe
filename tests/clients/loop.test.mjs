// The loop of an agent over the ways in to a workspace on disk: standard input and output, and HTTP.

import { strict as assert } from 'node:assert';
import { test } from '../browser/lib/suite.mjs';
import { agentLoop, FLOWS, POLICY } from '../loop/loop.mjs';
import { isGolden } from '../loop/normal.mjs';
import { connect } from './lib/client.mjs';

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

const WAYS = { 'MCP over stdio': overMcp('stdio'), 'MCP over HTTP': overMcp('http') };

for (const language of Object.keys(FLOWS))
  for (const [over, open] of Object.entries(WAYS))
    test(`an agent does the whole loop with ${language} over ${over}, and a person approves`, async ({ defer }) => {
      isGolden(await agentLoop(await open(defer), language), language);
    });
