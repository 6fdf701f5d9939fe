// What browsers do by themselves while one types in an editor.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useFixture } from './browser';

const { open } = useFixture();

const TEXT = '# One sum\nimport os\n\ntotal = 1 + 2  # three\n';

async function edit(page: Page, path: string) {
  await page.getByRole('tree').waitFor();
  const write = (input: unknown) => (globalThis as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', input);
  await page.evaluate(write, { path, content: TEXT });
  await page.keyboard.press('Control+P');
  await page.getByRole('combobox', { name: 'Search' }).fill(path);
  await page.getByRole('option', { name: path.split('/').at(-1)! }).first().click();
  const content = page.getByRole('textbox', { name: 'Text of' });
  // A text that is not highlighted yet has no look to keep.
  await content.locator('.cm-line span').first().waitFor();
  await content.click();
  return { type: (text: string) => page.keyboard.type(text), press: (key: string) => page.keyboard.press(key), text: async () => (await content.locator('.cm-line').allTextContents()).join('\n') };
}

test('typing over what is selected keeps none of its look, which the style policy would not let', async () => {
  const { page, complaints } = await open();
  const { type, press, text } = await edit(page, 'sum.py');
  await press('Control+a');
  await type('x = 1');
  expect(await text()).toBe('x = 1');
  await press('Control+z');
  await expect.poll(text).toBe(TEXT);
  // From within a comment to within a word two lines below.
  await press('Control+Home');
  for (let right = 0; right < 3; right++) await press('ArrowRight');
  await press('Shift+ArrowDown');
  await press('Shift+ArrowDown');
  await press('Shift+ArrowDown');
  await type('!');
  expect(await text()).toBe('# O!al = 1 + 2  # three\n');
  await press('Control+a');
  await type('(');
  expect(await text()).toBe('(# O!al = 1 + 2  # three\n)');
  expect(complaints).toEqual([]);
});

test('what can’t be changed stays, also where all of it is typed over', async () => {
  const { page, complaints } = await open();
  const { type, press, text } = await edit(page, 'scopes/base/sum.py');
  await press('Control+a');
  await type('x');
  expect(await text()).toBe(TEXT);
  expect(complaints).toEqual([]);
});

test('what others write in the place of a selection is not typed over', async () => {
  const { page, complaints } = await open();
  const { type, press, text } = await edit(page, 'sum.py');
  const others = (content: string) => page.evaluate((content) => (globalThis as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', { path: 'sum.py', content }), content);
  await press('Control+a');
  for (const content of ['a', 'abcd', 'abcdefghij']) {
    await others(content);
    await expect.poll(text).toBe(content);
  }
  await type('x');
  await expect.poll(text).toBe('xabcdefghij');
  expect(complaints).toEqual([]);
});

/** Types as people do, so that lists have time to open. */
const slowly = async (page: Page, text: string) => {
  for (const line of text.split('\n')) {
    await page.keyboard.type(line, { delay: 30 });
    // What has just opened takes no key for an answer.
    await page.waitForTimeout(250);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    await page.keyboard.press('Delete');
  }
};

for (const [path, lines] of [
  ['typed.py', ['import os', 'import re', 'import sys', 'from bifrost import workflow', '@workflow', 'break', 'continue', 'x = None', 'pass', 'return']],
  ['typed.flow.js', ['break', 'continue', 'return', 'x = true', 'export default flow', 'this', 'else']],
] as const)
  test(`Enter ends a line and changes no word of it, ${path}`, async () => {
    const { page, complaints } = await open();
    const { press, text } = await edit(page, path);
    await press('Control+a');
    await press('Delete');
    await slowly(page, lines.join('\n'));
    expect((await text()).trimEnd().split('\n')).toEqual(lines);
    expect(complaints).toEqual([]);
  });

test('Enter takes what goes on with a word, or was gone to, and Tab what is offered first', async () => {
  const { page } = await open();
  const { type, press, text } = await edit(page, 'taken.py');
  const offered = page.locator('.cm-tooltip-autocomplete li[aria-selected]');
  const begun = async (word: string, first: string) => {
    await press('Control+a');
    await press('Delete');
    await type(word);
    await offered.filter({ hasText: first }).waitFor();
    await page.waitForTimeout(200);
  };
  await begun('enumer', 'enumerate');
  await press('Enter');
  expect(await text()).toBe('enumerate');
  await begun('isin', 'isinstance');
  await press('Tab');
  expect(await text()).toBe('isinstance');
  await begun('is', 'is');
  await press('ArrowDown');
  await press('ArrowDown');
  const chosen = await offered.locator('.cm-completionLabel').innerText();
  await press('Enter');
  expect(await text()).toBe(chosen);
});

test('what others change is not undone by the one who types', async () => {
  const { page } = await open();
  const { type, press, text } = await edit(page, 'sum.py');
  await press('Control+End');
  await type('mine');
  await expect.poll(text).toBe(`${TEXT}mine`);
  await page.waitForTimeout(800);
  await page.evaluate((content) => (globalThis as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', { path: 'sum.py', content }), `# theirs\n${TEXT}mine`);
  await expect.poll(text).toBe(`# theirs\n${TEXT}mine`);
  await press('Control+z');
  await expect.poll(text).toBe(`# theirs\n${TEXT}`);
  await press('Control+z');
  expect(await text()).toBe(`# theirs\n${TEXT}`);
  await press('Control+y');
  await expect.poll(text).toBe(`# theirs\n${TEXT}mine`);
});
