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
