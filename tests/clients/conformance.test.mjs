// The conformance suite of the Model Context Protocol, against a server over HTTP: its scenarios, as `docs/mcp.md` says of each
// whether it can be asked of this server.

import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { removeFolder, test } from '../browser/lib/suite.mjs';
import { serve, workspace } from './lib/mcp.mjs';

const script = fileURLToPath(new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url));
const suite = async (...words) => (await promisify(execFile)(process.execPath, [script, ...words])).stdout;

/** What the docs say of each scenario: rows of the table whose first column names nothing but scenarios. */
function documented() {
  const text = readFileSync(new URL('../../docs/mcp.md', import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| ((?:`[\w-]+`(?:, )?)+) \| (.+) \|$/gm);
  return [...rows].flatMap(([, names, says]) => [...names.matchAll(/`([\w-]+)`/g)].map(([, name]) => ({ name, applies: says === 'passes' })));
}

test('the protocol\'s conformance suite has nothing against what it can ask of this server, and the docs say what that is', async ({ defer }) => {
  const scenarios = [...(await suite('list', '--server')).matchAll(/^ {2}- ([\w-]+)/gm)].map(([, name]) => name);
  assert.deepEqual(documented().map(({ name }) => name).sort(), scenarios.sort());
  const { address } = await serve(defer, workspace(defer), ['--no-key']);
  const results = mkdtempSync(join(tmpdir(), 'selvage-conformance-'));
  defer(async () => removeFolder(results));
  const asked = documented().filter(({ applies }) => applies);
  assert.ok(asked.length > 0);
  for (const { name } of asked) {
    // It exits with 1 when a check failed, and says how many passed.
    const said = await suite('server', '--url', `${address}/mcp`, '--scenario', name, '--output-dir', results);
    assert.match(said, /Passed: ([1-9]\d*)\/\1, 0 failed, 0 warnings/, `${name}: ${said}`);
  }
});
