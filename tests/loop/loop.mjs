// What an agent does in a workspace with a policy, by calls alone: it writes a flow with a mistake, reads what lint says, mends it, tries it,
// asks for what it may not do by itself, runs it, reads what came of it, and has the run proved. The same steps over every way in, which is
// two functions: `call(tool, input)` gives `{ ok, value }` or `{ ok, error }`, and `approve(id)` has the person look at a request and approve it.

import { strict as assert } from 'node:assert';
import { until } from '../clients/lib/host.mjs';

/** The policy of the workspace. A person wrote it before. */
export const POLICY = `version: 1
agents:
  - name: '*'
    allow: { tools: ['*'], read: ['**'], write: ['data/**'] }
    ask: { write: ['flows/**'] }
    deny: { read: ['private/**'], write: ['private/**'] }
flows:
  - path: 'flows/**'
    callers: ['*']
    allow: { read: ['data/**', 'flows/**'], tools: [search, flow_list] }
    ask: { write: [reports, 'reports/**'] }
    limits: { cpuMsMax: 20000 }
approvals: { expiresMinutes: 30, onExpiry: deny }
`;

/** Line 5 misspells a member of `flow.fs`. */
const JS = {
  path: 'flows/inbox/totals.flow.js',
  source: `// Adds up what the files of a folder say.
export const inputs = { folder: { kind: "text", label: "Folder", default: "data/orders" } };
export default async (flow) => {
  const folder = flow.args.folder ?? "data/orders";
  const files = await flow.fs.lst(folder);
  let total = 0;
  for (const { path } of files) total += (await flow.fs.readJSON(path)).amount;
  const found = await flow.call("search", { query: "amount", in: "content", path: folder });
  flow.log(\`\${files.length} orders, \${found.matches.length} found\`);
  await flow.fs.writeJSON("reports/orders.json", { orders: files.length, total, at: new Date().toISOString(), lot: Math.random() });
  await flow.artifact("reports/orders.json");
  return { total };
};
`,
  mistake: { line: 5, text: 'lst' },
  mend: { find: 'flow.fs.lst(', replace: 'flow.fs.list(' },
  takes: ['folder'],
  artifacts: ['reports/orders.json'],
  logs: ['3 orders, 3 found'],
};

/** Line 3 imports what is nowhere. */
const PYTHON = {
  path: 'flows/inbox/totals.py',
  source: `"""Adds up what the files of a folder say."""
import datetime, json, pathlib, random
import jsn
from bifrost import workflow, workflows

@workflow(name="Totals")
async def totals(folder: str = "data/orders"):
    files = sorted(pathlib.Path(folder).iterdir())
    total = sum(json.loads(file.read_text())["amount"] for file in files)
    known = await workflows.list()
    print(f"{len(files)} orders, {len(known)} flows")
    report = {"orders": len(files), "total": total, "at": datetime.datetime.now().isoformat(), "lot": random.random()}
    pathlib.Path("reports").mkdir(exist_ok=True)
    pathlib.Path("reports/orders.json").write_text(json.dumps(report))
    return {"total": total}
`,
  mistake: { line: 3, text: 'jsn' },
  mend: { find: 'import jsn\n', replace: '' },
  takes: ['folder'],
  artifacts: [],
  logs: ['3 orders, 6 flows'],
};

export const FLOWS = { js: JS, python: PYTHON };

/** How long the question to a person may take to come. */
const ASK_MS_MAX = 20_000;

/** Decisions about the calls before the first run: a refusal, and two questions with their answers. */
const DECIDED = 5;

/** Goes through the whole loop, and gives all that was called, with what came of it: see `normal.mjs`. */
export async function agentLoop({ call, approve }, language = 'js') {
  const { path, source, mistake, mend, takes, artifacts, logs } = FLOWS[language];
  const told = [];
  const ask = async (tool, input, pending = call(tool, input)) => {
    const result = await pending;
    told.push({ tool, input, result });
    return result;
  };
  const value = async (tool, input, pending) => {
    const result = await ask(tool, input, pending);
    assert.equal(result.ok, true, `${tool}: ${JSON.stringify(result.error)}`);
    return result.value;
  };
  const waiting = async () => (await call('approval_list', {})).value.approvals;
  /** What a rule asks about: the call goes on when the person has approved what it would do. */
  const approved = async (tool, input) => {
    const pending = call(tool, input);
    let early;
    void pending.then((result) => (early = result));
    const end = Date.now() + ASK_MS_MAX;
    while ((await waiting()).length === 0) {
      assert.ok(!early && Date.now() < end, `nobody is asked about ${tool}: ${JSON.stringify(early)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { approvals } = await value('approval_list', {});
    assert.equal(approvals.length, 1);
    await approve(approvals[0].approval);
    return value(tool, input, pending);
  };

  /** Decisions become a change of their own some time later, which could fall before a run or after it. */
  const kept = () =>
    until(`${DECIDED} decisions are kept`, async () => {
      let lines = 0;
      const listed = await call('ls', { path: 'runs/decisions' });
      for (const { path } of listed.ok ? listed.value.entries : []) lines += (await call('read', { path })).value.content.trim().split('\n').length;
      return lines === DECIDED;
    });

  for (const amount of [10, 20, 12.5]) await value('write', { path: `data/orders/${amount}.json`, content: JSON.stringify({ amount }) });
  assert.equal((await ask('write', { path: 'private/a.txt', content: 'x' })).error.code, 'POLICY_DENIED');
  await approved('write', { path, content: source, createOnly: true });

  const refused = await ask('run_flow', { path });
  assert.equal(refused.ok, false, 'a flow with an error does not start');
  assert.equal(refused.error.code, 'LINT_FAILED');
  assert.equal(refused.error.line, mistake.line);
  const bad = await value('lint_flow', { path });
  assert.equal(bad.ok, false);
  const { span } = bad.diagnostics.find((one) => one.severity === 'error');
  assert.equal(span.start.line, mistake.line);
  assert.equal(source.split('\n')[mistake.line - 1].slice(span.start.column - 1, span.end.column - 1), mistake.text, 'the span is the mistake');

  await approved('apply_patch', { edits: [{ path, ...mend }] });
  const good = await value('lint_flow', { path });
  assert.deepEqual(good.diagnostics.filter((one) => one.severity === 'error'), []);
  if (language === 'js') assert.deepEqual(good.inputs.map((one) => one.id), takes);

  await kept();
  const same = { path, args: { folder: 'data/orders' }, seed: 7, startMs: 1_800_000_000_000 };
  const dry = await value('run_flow', { ...same, mode: 'dry-run' });
  assert.deepEqual(dry.proposed.filter(({ op }) => op === 'write').map((one) => one.path), ['reports/orders.json']);
  assert.equal((await ask('stat', { path: 'reports/orders.json' })).error.code, 'NOT_FOUND', 'nothing has landed');

  const record = await approved('run_flow', same);
  assert.equal(record.status, 'succeeded');
  assert.equal(record.value.total, 42.5);
  assert.deepEqual(record.artifacts, artifacts);
  assert.deepEqual(record.logs.map((entry) => entry.text), logs);
  assert.ok(record.usage.fuel > 0 && record.usage.memoryBytes > 0, 'the receipt says what was used');
  assert.deepEqual(record.decisions.map(({ verdict }) => verdict), ['allowed', 'asked', 'approved']);
  await value('flow_logs', { run: record.run });

  const report = await value('read', { path: 'reports/orders.json' });
  const { orders, total } = JSON.parse(report.content);
  assert.deepEqual({ orders, total }, { orders: 3, total: 42.5 });
  const [latest] = (await value('history', { path: 'reports/orders.json', limit: 1 })).changes;
  assert.deepEqual(latest.origin, { kind: 'run', name: record.run }, 'what a run wrote is one change of that run');

  const failed = await ask('run_flow', { ...same, args: { folder: 'data/nowhere' } });
  assert.equal(failed.ok, false);
  const { runs } = await value('flow_runs', { path });
  assert.deepEqual(runs.map(({ status }) => status), ['failed', 'succeeded', 'succeeded']);
  for (const { record, status } of runs) {
    await value('read', { path: record });
    await value('read', { path: record.replace(/\.json$/, '.dsse.json') });
    if (status === 'succeeded') await value('read', { path: record.replace(/\.json$/, '.answers.jsonl') });
  }
  for (const { run } of runs) {
    const proved = await value('run_verify', { run });
    assert.deepEqual([proved.reproduced, proved.differences], [true, []]);
  }
  assert.deepEqual(await value('approval_list', {}), { approvals: [], decided: [] }, 'nothing waits, and what others were asked is not told');
  return told;
}
