import { expect, test } from 'vitest';
import { BrowserAgents } from '../src/agents/browser-agents.svelte';
import { asMcp, offerTools, WEBMCP_AGENT, type ModelContext, type OfferedTool } from '../src/agents/webmcp';
import { catalogue } from '../src/lib/catalogue';
import { FILES } from '../fixture/files';
import { FakeKernel } from './fake-kernel';

/** A browser's side: of the current draft, where the signal takes a tool back, or of an earlier one. */
class Browser implements ModelContext {
  #tools = new Map<string, { tool: OfferedTool; signal: AbortSignal }>();
  unregisterTool?: (name: string) => void;

  constructor(readonly draft: 'current' | 'earlier' | 'refusing' = 'current') {
    if (draft === 'earlier') this.unregisterTool = (name) => void this.#tools.delete(name);
  }

  get tools(): Map<string, OfferedTool> {
    return new Map([...this.#tools].filter(([, { signal }]) => this.draft === 'earlier' || !signal.aborted).map(([name, { tool }]) => [name, tool]));
  }

  async registerTool(tool: OfferedTool, { signal }: { signal: AbortSignal }): Promise<void> {
    await Promise.resolve();
    if (this.draft === 'refusing') throw new DOMException('not in this frame', 'NotAllowedError');
    if (this.tools.has(tool.name)) throw new DOMException(`${tool.name} is there`, 'InvalidStateError');
    this.#tools.set(tool.name, { tool, signal });
  }

  call(name: string, input: unknown, signal = new AbortController().signal) {
    const tool = this.tools.get(name);
    if (!tool) throw new Error(`no tool is called ${name}`);
    return tool.execute(input, { signal });
  }
}

for (const draft of ['current', 'earlier'] as const)
  test(`every tool is offered with its hints and taken back, by the ${draft} draft`, async () => {
    const browser = new Browser(draft);
    const offered = new AbortController();
    const all = await catalogue();
    await offerTools(new FakeKernel(FILES), browser, all, offered.signal);
    expect([...browser.tools.keys()]).toEqual(all.map(({ name }) => name));
    expect(browser.tools.get('ls')?.annotations).toEqual({ readOnlyHint: true, untrustedContentHint: true, consequentialHint: false });
    expect(browser.tools.get('delete')?.annotations).toEqual({ readOnlyHint: false, untrustedContentHint: true, consequentialHint: true });
    offered.abort();
    expect(browser.tools.size).toBe(0);
  });

test('a call is made under the name of the browser’s agent, and both ends of it are data', async () => {
  const [kernel, browser] = [new FakeKernel(FILES), new Browser()];
  await offerTools(kernel, browser, await catalogue(), new AbortController().signal);
  const given = await browser.call('stat', { path: 'notes' });
  expect(given.isError).toBeUndefined();
  expect(JSON.parse(given.content[0]?.text ?? '')).toEqual(given.structuredContent);
  expect(kernel.calls.at(-1)?.agent).toBe(WEBMCP_AGENT);
  const failed = await browser.call('stat', { path: 'nowhere' });
  expect(failed).toMatchObject({ isError: true, _meta: { 'selvage/error': { code: 'NOT_FOUND' } } });
  expect(failed.structuredContent).toBeUndefined();
});

test('an agent that gives up cancels its run', async () => {
  const [kernel, browser, giveUp] = [new FakeKernel(FILES), new Browser(), new AbortController()];
  await offerTools(kernel, browser, await catalogue(), new AbortController().signal);
  kernel.subscribe((event) => event.kind === 'asked' && giveUp.abort());
  expect(await browser.call('run_flow', { path: 'flows/endless.flow.js' }, giveUp.signal)).toMatchObject({ isError: true, _meta: { 'selvage/error': { code: 'CANCELLED' } } });
});

test('the page offers the tools by itself only where the browser has such a thing, and stops when told', async () => {
  const [kernel, browser] = [new FakeKernel(FILES), new Browser()];
  const without = new BrowserAgents(kernel, () => undefined);
  const agents = new BrowserAgents(kernel, () => browser);
  const refused = new BrowserAgents(kernel, () => new Browser('refusing'));
  kernel.start();
  await expect.poll(() => browser.tools.size).toBe((await catalogue()).length);
  expect([without.state, agents.state]).toEqual(['absent', 'on']);
  await expect.poll(() => refused.state).toBe('refused');
  agents.set(false);
  expect([agents.state, browser.tools.size]).toEqual(['off', 0]);
  agents.set(true);
  await expect.poll(() => browser.tools.has('workspace_status')).toBe(true);
  without.set(true);
  expect(without.state).toBe('absent');
});

test('what has no value is still an answer', () => {
  expect(asMcp({ ok: true, value: null })).toEqual({ content: [{ type: 'text', text: 'null' }], structuredContent: null });
});
