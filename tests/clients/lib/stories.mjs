// What both official clients live through: a call that is given up, files and prompts, and a policy that asks.
//
// `call(name, input, options)` is that of `lib/client.mjs`.

import { strict as assert } from 'node:assert';
import { until } from './host.mjs';

/** A flow that never ends. */
export const SPIN = 'while (true) {}\n';

/** A policy that lets agents of a name write drafts, and asks about what is published. */
export const policyFor = (agent) => `version: 1
agents:
  - name: ${agent}
    allow: { tools: ['*'], read: ['**'], write: ['drafts/**', 'flows/**'] }
    ask: { write: ['published/**'] }
flows:
  - path: flows/**
    callers: [${agent}]
    allow: { read: ['**'], write: ['drafts/**'] }
    ask: { write: ['published/**'] }
`;

/** A flow that publishes. */
export const PUBLISH = `export default async (flow) => {
  await flow.fs.write('published/run.md', 'by a run\\n');
};
`;

// The clients tell of progress a moment after they read it, and forget who hears of it when they read the answer. So the run goes on
// until its progress was heard.
const HALF = `export default async (flow) => {
  flow.progress(1, 2, 'half');
  await new Promise((goOn) => setTimeout(goOn, 50_000));
};
`;

/** What a run says of how far it is comes to who waits for it. Gives what the answer holds beside the record. */
export async function hearsProgress(call) {
  await call('write', { path: 'half.flow.js', content: HALF });
  const heard = [];
  const onprogress = async (news) => {
    heard.push(news);
    if (news.message !== 'half') return;
    const { run } = (await call('flow_runs', { limit: 1 })).value.runs[0];
    await call('flow_cancel', { run });
  };
  const { error, meta } = await call('run_flow', { path: 'half.flow.js' }, { onprogress });
  assert.equal(error.code, 'CANCELLED', JSON.stringify(heard));
  const { progress, total } = heard.find(({ message }) => message === 'half');
  assert.deepEqual([progress, total], [1, 2]);
  return meta;
}

/** A call that its client gives up has its run cancelled. */
export async function givesUp(call) {
  await call('write', { path: 'spin.flow.js', content: SPIN });
  const giveUp = new AbortController();
  const spin = call('run_flow', { path: 'spin.flow.js', limits: { fuelMax: 1e12, cpuMsMax: 60_000 } }, { signal: giveUp.signal });
  const latest = async () => (await call('flow_runs', { limit: 1 })).value.runs[0];
  await until('it runs', async () => (await latest())?.status === 'running');
  giveUp.abort('enough');
  await assert.rejects(spin);
  await until('it is cancelled', async () => (await latest())?.status === 'cancelled');
}

/** Files are resources, and how to write a flow is a prompt. */
export async function readsFilesAndPrompts(client, call) {
  await call('write', { path: 'notes/ü.md', content: 'text\n' });
  const { resources } = await client.listResources();
  const note = resources.find(({ uri }) => decodeURI(uri).endsWith('notes/ü.md'));
  assert.equal((await client.readResource({ uri: note.uri })).contents[0].text, 'text\n');
  const { prompts } = await client.listPrompts();
  assert.deepEqual(prompts.map(({ name }) => name), ['write-a-flow']);
  const { messages } = await client.getPrompt({ name: 'write-a-flow', arguments: { goal: 'count words' } });
  assert.ok(messages[0].content.text.includes('count words'));
}

/** A person who answers in turn: yes, not at all, no with a reason, yes. Gives what it was asked, too. */
export function somebody() {
  const asked = [];
  const answers = [{ action: 'accept', content: { approve: true } }, { action: 'decline' }, { action: 'accept', content: { approve: false, reason: 'not yet' } }, { action: 'accept', content: { approve: true } }];
  return { asked, person: ({ message }) => (asked.push(message), answers[asked.length - 1]) };
}

/** What the policy asks about lands when [`somebody`] approves, and not otherwise. */
export async function landsWhenApproved(call, asked) {
  assert.equal((await call('write', { path: 'elsewhere.md', content: 'x' })).error.code, 'POLICY_DENIED');
  assert.ok((await call('write', { path: 'drafts/a.md', content: 'x' })).value);
  assert.deepEqual(asked, [], 'neither is asked about');

  assert.ok((await call('write', { path: 'published/a.md', content: 'one\n' })).value, 'approved');
  assert.ok(asked[0].includes('agent official wants: write published/a.md') && asked[0].includes('+one'), asked[0]);
  assert.equal((await call('read', { path: 'published/a.md' })).value.content, 'one\n');
  assert.equal((await call('write', { path: 'published/a.md', content: 'two\n' })).error.code, 'POLICY_DENIED', 'declined');
  const refused = await call('write', { path: 'published/a.md', content: 'three\n' });
  assert.match(refused.error.message, /not yet/);
  assert.equal((await call('read', { path: 'published/a.md' })).value.content, 'one\n');

  await call('write', { path: 'flows/publish.flow.js', content: PUBLISH });
  const { value: record } = await call('run_flow', { path: 'flows/publish.flow.js' });
  assert.deepEqual(record.decisions.map(({ verdict }) => verdict), ['allowed', 'asked', 'approved']);
  assert.equal(record.decisions[2].by, 'the person at official');
  assert.equal((await call('read', { path: 'published/run.md' })).value.content, 'by a run\n');
}
