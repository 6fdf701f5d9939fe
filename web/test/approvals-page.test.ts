// Approvals in the page: told everywhere, shown with all that would land, and decided by keys.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();
const request = (page: Page, what: RegExp) => page.getByRole('article', { name: what });
const decided = (page: Page) =>
  page.evaluate(() => (window as unknown as { fixture: { calls: { name: string; input: unknown }[] } }).fixture.calls.filter((one) => one.name === 'approval_decide').map((one) => one.input));

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 420])
    test(`each kind of request is shown with what would land, ${colorScheme}, ${width} wide`, async () => {
      const { page, complaints } = await open('approvals', { colorScheme, viewport: { width, height: 900 } });
      const serious: string[] = [];
      const shot = async (name: string) => serious.push(...(await look(page, `${colorScheme}-${width}-approvals-${name}`)));
      await page.getByRole('button', { name: '3 requests wait for you' }).waitFor();
      await page.getByRole('button', { name: 'Close this note' }).click();
      await page.getByRole('button', { name: '3 requests wait for you' }).click();
      await request(page, /README/).getByText('by Friday').waitFor();
      // What turns the direction of text stands there by its number.
      await request(page, /README/).getByText('U+202E').waitFor();
      await shot('text');
      await request(page, /blob/).getByRole('button', { name: /blob\.bin, and 2/ }).click();
      await request(page, /blob/).getByRole('button', { name: 'Show the whole content' }).click();
      await request(page, /blob/).getByText('00000010').waitFor();
      // What is removed is shown as well.
      await request(page, /blob/).getByRole('region', { name: 'What is removed with data/archive/2025.csv' }).getByText('2025-01-03,1200.00 EUR').waitFor();
      await request(page, /blob/).getByRole('button', { name: /removes data\/archive\/2025\.csv \+0 −2 35 B/ }).waitFor();
      await shot('files');
      await request(page, /blob/).getByRole('button', { name: 'Approve' }).click();
      await request(page, /blob/).getByText('It removes 1 file.').waitFor();
      await shot('twice');
      await request(page, /rates/).getByRole('button', { name: /rates/ }).click();
      await request(page, /rates/).getByText('call delete').waitFor();
      await shot('call');
      // An input that is longer than a sentence is shown whole, and nothing hides in it.
      const input = page.getByRole('region', { name: 'All of its input' });
      expect(await request(page, /rates/).getByText('archive/').count()).toBe(0);
      await request(page, /rates/).getByRole('button', { name: 'Show all' }).click();
      await input.getByText('all of archive/').scrollIntoViewIfNeeded();
      await input.getByText('U+202E').waitFor();
      expect(await input.evaluate((lines) => lines.scrollWidth <= lines.clientWidth)).toBe(true);
      await shot('input');
      await request(page, /rates/).getByRole('button', { name: 'Show less' }).click();
      await input.waitFor({ state: 'detached' });
      await request(page, /README/).getByRole('button', { name: /README/ }).first().click();
      await request(page, /README/).getByRole('button', { name: 'Approve' }).click();
      await request(page, /README/).getByText('It is not what you looked at.').waitFor();
      await shot('stale');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(serious).toEqual([]);
      expect(complaints).toEqual([]);
    });

test('a request that changed is never approved silently, and what removes is asked twice', async () => {
  const { page } = await open('approvals');
  await page.getByRole('tree').waitFor();
  await page.keyboard.press('Alt+8');
  const readme = request(page, /README/);
  await readme.getByText('by Friday').waitFor();
  await readme.getByRole('button', { name: 'Approve' }).press('Enter');
  await readme.getByText('notes/README.md holds something else now').waitFor();
  await readme.getByText('What to do soon:').waitFor();
  await readme.getByRole('button', { name: 'Approve' }).press('Enter');
  expect(await decided(page)).toHaveLength(1);
  await readme.getByRole('button', { name: 'Yes, approve it' }).press('Enter');
  await readme.waitFor({ state: 'detached' });
  // The keys go on with the next one.
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement).innerText)).toContain('data/blob.bin');
  const tidy = request(page, /blob/);
  await tidy.getByRole('button', { name: 'Approve' }).press('Enter');
  await tidy.getByRole('button', { name: 'No, go back' }).press('Enter');
  await tidy.getByRole('textbox', { name: /Reason/ }).fill('keep 2025');
  await tidy.getByRole('button', { name: 'Refuse' }).press('Enter');
  await tidy.waitFor({ state: 'detached' });
  expect(await decided(page)).toEqual([
    { approval: 'ask-a', digest: 'a'.repeat(64), allow: true },
    { approval: 'ask-a', digest: 'f'.repeat(64), allow: true },
    { approval: 'ask-b', digest: 'b'.repeat(64), allow: false, reason: 'keep 2025' },
  ]);
});

test('a workspace without requests says what would come there, and begins a policy that is no file before it is saved', async () => {
  for (const width of [1280, 420]) {
    const { page, complaints } = await open('', { viewport: { width, height: 900 } });
    await page.getByRole('tree').waitFor();
    // Nothing is known before it was read.
    await page.evaluate(() => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
      const call = fixture.call.bind(fixture);
      const mayRead = new Promise((resolve) => Object.assign(globalThis, { letRead: resolve }));
      fixture.call = (name, input) => (name === 'approval_list' ? mayRead.then(() => call(name, input)) : call(name, input));
    });
    await page.keyboard.press('Alt+8');
    await page.locator('.panel[tabindex="-1"]').waitFor({ state: 'attached' });
    expect(await page.getByText('Nothing waits for you.').count()).toBe(0);
    await page.evaluate(() => (globalThis as unknown as { letRead(): void }).letRead());
    await page.getByText('Nothing waits for you.').waitFor();
    expect(await look(page, `${width}-approvals-none`)).toEqual([]);
    await page.getByRole('button', { name: 'Make a policy file' }).click();
    await page.getByText('Nothing of this is saved yet.').waitFor();
    const writes = () => page.evaluate(() => (window as unknown as { fixture: { calls: { name: string; input: { path: string } }[] } }).fixture.calls.filter((one) => one.name === 'write').map((one) => one.input.path));
    await page.locator('.cm-content').click();
    await page.keyboard.type('x');
    await page.waitForTimeout(600);
    expect(await writes()).toEqual([]);
    expect(await look(page, `${width}-approvals-policy`)).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(writes).toEqual(['selvage.policy.yaml']);
    expect(complaints).toEqual([]);
  }
});

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`who refused what a run asked for reads what came of it in words for a person, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { colorScheme, viewport: { width, height: 800 } });
    await page.getByRole('tree').waitFor();
    await page.evaluate(async () => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<{ value: object }> } };
      const call = fixture.call.bind(fixture);
      // Nobody waits here for as long as people do.
      const [who, what, reason, digest] = ['run run-1', 'write notes/README.md', '', 'd'.repeat(64)];
      const waited = { durationMs: 41_200, decisions: [{ atMs: 1_000, who, what, verdict: 'asked', reason, digest }, { atMs: 41_000, who, what, verdict: 'refused', reason, digest, by: 'you' }] };
      fixture.call = async (name, input) => {
        const result = await call(name, input);
        return name === 'flow_status' ? { ...result, value: { ...result.value, ...waited } } : result;
      };
      await fixture.call('write', { path: 'workflows/gated.py', content: '' });
      await fixture.call('run_flow', { path: 'workflows/gated.py::publish', wait: false });
    });
    await page.getByText('asks for your approval').waitFor();
    await page.keyboard.press('Alt+8');
    await request(page, /README/).getByRole('button', { name: 'Refuse' }).press('Enter');
    await request(page, /README/).waitFor({ state: 'detached' });
    await page.getByRole('list', { name: 'Decided lately' }).getByText('run run-1 of workflows/gated.py::publish write notes/README.md').waitFor();
    expect(await look(page, `${width}-approvals-decided`)).toEqual([]);
    await page.keyboard.press('Alt+3');
    await page.getByText('A person did not approve it.').waitFor();
    await page.getByText('Change what it does, or run it again to be asked again.').waitFor();
    await page.getByText('1.2 s, waited 40 s for approval').waitFor();
    expect(await page.getByText('ask the person').count()).toBe(0);
    expect(await look(page, `${width}-approvals-refused`)).toEqual([]);
    await page.getByRole('tab', { name: 'Timeline' }).last().click();
    await page.getByRole('list', { name: 'Steps of the run' }).getByText('waited 40 s').waitFor();
    expect(await look(page, `${width}-approvals-waited`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`a request that ended with its run was cancelled, be it in this page or before, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { colorScheme, viewport: { width, height: 800 } });
    await page.getByRole('tree').waitFor();
    await page.evaluate(async () => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown>; decided: object[] } };
      const call = fixture.call.bind(fixture);
      const over = { atMs: Date.now() - 60_000, what: 'write notes/a.md', verdict: 'expired', reason: 'the run is over' };
      fixture.decided = [{ ...over, who: 'run run-8' }, { ...over, who: 'run run-9' }];
      fixture.call = async (name, input) => {
        const { run } = input as { run?: string };
        const status = { 'run-8': 'cancelled', 'run-9': 'failed' }[run ?? ''];
        return status ? { ok: true, value: { run, status } } : call(name, input);
      };
      await fixture.call('write', { path: 'workflows/gated.py', content: '' });
      await fixture.call('run_flow', { path: 'workflows/gated.py', wait: false });
    });
    await page.getByText('asks for your approval').waitFor();
    await page.keyboard.press('Alt+3');
    await page.getByRole('button', { name: 'Cancel', exact: true }).last().click();
    await page.keyboard.press('Alt+8');
    const labels = () => page.getByRole('list', { name: 'Decided lately' }).locator('.badge').allInnerTexts();
    await expect.poll(labels).toEqual(['Cancelled', 'Cancelled', 'Expired']);
    expect(await look(page, `${width}-approvals-cancelled`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });
