// The Agents panel in Chromium, over the kernel in memory. Its pictures are in `tests/output/pictures`.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

const row = (page: Page, text: string | RegExp) => page.getByRole('list', { name: 'Calls, the newest first' }).getByRole('button').filter({ hasText: text });

/** What three agents do. */
const work = (page: Page) =>
  page.evaluate(async () => {
    const { fixture } = globalThis as unknown as { fixture: { call(name: string, input: unknown, agent: string): Promise<unknown> } };
    await fixture.call('read', { path: 'notes/\u202Enalp.md' }, 'WebMCP');
    await fixture.call('write', { path: 'reports/summary.md', content: '# Summary\n\nIt went well.\n' }, 'page');
    await fixture.call('run_flow', { path: 'flows/invoices.flow.js', wait: false, args: { csv: 'data/invoices.csv' } }, 'https://app.example');
    await fixture.call('ls', { path: 'flows' }, 'page');
  });

for (const colorScheme of ['light', 'dark'] as const)
  test(`the panel teaches how to connect, and then shows what agents do, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { colorScheme });
    const serious: string[] = [];
    await page.getByRole('button', { name: 'Agents', exact: true }).click();
    await page.getByRole('heading', { name: 'A program on this machine' }).waitFor();
    serious.push(...(await look(page, `${colorScheme}-agents-none`)));
    await work(page);
    await row(page, 'write').click();
    await page.getByRole('button', { name: 'What changed' }).waitFor();
    await page.getByRole('button', { name: '3 agents' }).waitFor();
    serious.push(...(await look(page, `${colorScheme}-agents`)));
    // What turns the direction of text stands there by its number, in the row and in the whole.
    await row(page, 'NOT_FOUND').filter({ hasText: 'notes/U+202Enalp.md' }).click();
    await page.getByRole('heading', { name: 'Error' }).waitFor();
    await page.locator('pre', { hasText: '"path": "notes/U+202Enalp.md"' }).waitFor();
    serious.push(...(await look(page, `${colorScheme}-agents-error`)));
    expect(serious).toEqual([]);
    expect(complaints).toEqual([]);
  });

test('calls are filtered, walked by keys alone, and lead to what they changed', async () => {
  const { page } = await open();
  await work(page);
  await page.keyboard.press('Alt+9');
  await row(page, /:\s*ls/).waitFor();
  await row(page, /:\s*ls/).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'reports/summary.md', exact: true }).click();
  await page.locator('.dock-tab.file', { hasText: 'summary.md' }).waitFor();
  await row(page, 'run_flow').click();
  await page.getByRole('button', { name: 'The run', exact: true }).click();
  await page.getByRole('tab', { name: 'Output', selected: true }).waitFor();
  await page.keyboard.press('Alt+9');
  await page.getByRole('checkbox', { name: 'Failed only' }).check();
  await page.getByText('1 call', { exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'Agent' }).selectOption('page');
  await page.getByText('No call fits.').waitFor();
  await page.getByRole('button', { name: 'Forget these calls' }).click();
  await page.getByText('No calls since they were forgotten.').waitFor();
});

test('a busy agent costs the rows that are asked for, and a narrow screen has all of it', async () => {
  const { page, complaints } = await open('', { viewport: { width: 420, height: 860 } });
  await page.evaluate(async () => {
    const { fixture } = globalThis as unknown as { fixture: { call(name: string, input: unknown, agent: string): Promise<unknown> } };
    for (let i = 0; i < 700; i++) await fixture.call('stat', { path: i % 7 ? 'notes' : 'nowhere' }, 'https://a-rather-long-name.of-an-app.example');
  });
  await page.keyboard.press('Alt+9');
  await page.getByText('500 calls', { exact: true }).waitFor();
  expect(await row(page, 'stat').count()).toBe(100);
  await page.getByRole('button', { name: 'Show 100 more' }).click();
  expect(await row(page, 'stat').count()).toBe(200);
  await row(page, 'stat').first().click();
  expect(await look(page, 'narrow-agents')).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(420);
  expect(complaints).toEqual([]);
});

test('a call that waits for a person says so, leads to the request, and tells what became of it', async () => {
  const { page, complaints } = await open('approvals');
  await page.getByRole('button', { name: '3 requests wait for you' }).waitFor();
  const emit = (event: object) => page.evaluate((event) => (globalThis as unknown as { fixture: { emit(event: unknown): void } }).fixture.emit(event), event);
  const atMs = await page.evaluate(() => Date.now() - 180_000);
  await emit({ kind: 'call', call: 900, agent: 'planner', name: 'write', atMs, input: '{"path":"notes/README.md"}' });
  await page.keyboard.press('Alt+9');
  await row(page, 'write').filter({ hasText: 'Waits for approval' }).press('Enter');
  expect(await look(page, 'agents-waits')).toEqual([]);
  await page.getByRole('button', { name: 'Look at the request' }).press('Enter');
  await page.getByRole('article', { name: /README/ }).getByText('by Friday').waitFor();
  await page.evaluate(async () => {
    const { fixture } = globalThis as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
    // The first answer finds that the file is another one by now.
    for (const letter of ['a', 'f']) await fixture.call('approval_decide', { approval: 'ask-a', digest: letter.repeat(64), allow: true });
  });
  await emit({ kind: 'called', call: 900, ok: true, durationMs: 600_000, answer: '{"path":"notes/README.md"}', path: 'notes/README.md' });
  await page.keyboard.press('Alt+9');
  await row(page, 'write').filter({ hasText: 'Approved' }).waitFor();
  await page.getByText('by you').first().waitFor();
  await page.getByRole('button', { name: 'What was decided' }).press('Enter');
  await page.getByRole('list', { name: 'Decided lately' }).getByText('write notes/README.md').waitFor();
  expect(complaints).toEqual([]);
});
