// The official inspector of the Model Context Protocol in its command-line mode, over standard input and output and over HTTP: a
// process for each request, which connects, asks for one thing, writes what came, and ends.

import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { test } from '../browser/lib/suite.mjs';
import { program } from './lib/host.mjs';
import { callEveryTool, CATALOGUE, keyFor, serve, workspace } from './lib/mcp.mjs';

const script = fileURLToPath(new URL('../../node_modules/@modelcontextprotocol/inspector-cli/build/index.js', import.meta.url));
/** It looks for its own `package.json` from where it was started. */
const cwd = fileURLToPath(new URL('.', `file://${script}`));

/** `name=JSON` for each, as the inspector takes what has a name and a value. */
const pairs = (option, values) => {
  const all = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return all.length > 0 ? [option, ...all] : [];
};

/** Asks by the inspector; gives what it wrote. */
function inspect({ target, rest }, method, options = []) {
  const child = spawn(process.execPath, [script, target, '--method', method, ...options, ...rest], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, errors] = ['', ''];
  child.stdout.on('data', (part) => (said += part));
  child.stderr.on('data', (part) => (errors += part));
  return new Promise((resolve, reject) => child.once('close', (code) => (code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`${method} ended with ${code}: ${errors}`)))));
}

/** What the inspector is told of a new workspace's server, and the name that the history has for it. */
async function door(defer, over) {
  const folder = workspace(defer);
  if (over === 'stdio') return { target: program, rest: ['--', 'mcp', '--workspace', folder], caller: 'inspector-cli' };
  const { address } = await serve(defer, folder);
  return { target: `${address}/mcp`, rest: ['--header', `Authorization: Bearer ${keyFor(folder, 'inspector', 'tools')}`], caller: 'inspector' };
}

for (const over of ['stdio', 'http']) {
test(`the official inspector lists and calls every tool over ${over}, and what comes fits the published schemas`, async ({ defer }) => {
  const here = await door(defer, over);
  const { tools } = await inspect(here, 'tools/list');
  assert.deepEqual(tools.map(({ name }) => name), CATALOGUE.map(({ name }) => name));
  const schemas = new AjvJsonSchemaValidator();
  const fits = new Map(tools.map(({ name, outputSchema }) => [name, schemas.getValidator(outputSchema)]));
  const called = await callEveryTool(async (name, input) => {
    const { isError, structuredContent, content } = await inspect(here, 'tools/call', ['--tool-name', name, ...pairs('--tool-arg', input)]);
    if (isError) return { error: JSON.parse(content[0].text) };
    const { valid, errorMessage } = fits.get(name)(structuredContent);
    assert.ok(valid, `${name}: ${errorMessage}`);
    return { value: structuredContent };
  }, here.caller);
  assert.deepEqual(tools.map(({ name }) => name).filter((name) => !called.has(name)), [], 'every tool was called');
});

test(`the official inspector reads files and prompts over ${over}`, async ({ defer }) => {
  const here = await door(defer, over);
  const { resources } = await inspect(here, 'resources/list');
  const { uri } = resources.find(({ uri }) => uri.endsWith('slug.flow.js'));
  const { contents } = await inspect(here, 'resources/read', ['--uri', uri]);
  assert.match(contents[0].text, /function run\(services\)/);
  const { resourceTemplates } = await inspect(here, 'resources/templates/list');
  assert.ok(resourceTemplates.some(({ uriTemplate }) => uriTemplate === 'selvage://run/{run}'), JSON.stringify(resourceTemplates));
  const { prompts } = await inspect(here, 'prompts/list');
  assert.deepEqual(prompts.map(({ name }) => name), ['write-a-flow']);
  const { messages } = await inspect(here, 'prompts/get', ['--prompt-name', 'write-a-flow', '--prompt-args', 'goal=count words']);
  assert.ok(messages[0].content.text.includes('count words'));
  await inspect(here, 'logging/setLevel', ['--log-level', 'error']);
  await assert.rejects(inspect(here, 'resources/read', ['--uri', 'selvage:///missing.md']), /ended with 1/);
});
}
