// Finding text in all files, by the palette.

import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`text is found in files, and in the records of runs where that is chosen, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const write = (path: string, content: string) =>
      page.evaluate((input) => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', input), { path, content });
    await write('runs/2026/a.json', 'the ballast total\n'.repeat(400));
    await write('workflows/sum.py', 'ballast = 1\n');
    await page.keyboard.press('Control+P');
    const field = page.getByRole('combobox', { name: 'Search' });
    await field.fill('#ballast');
    const choices = page.getByRole('listbox', { name: 'Results' }).getByRole('option');
    const records = page.getByRole('option', { name: 'Look in the records of runs, too' });
    await records.waitFor();
    expect(await choices.count()).toBe(2);
    expect(await choices.first().innerText()).toContain('workflows/sum.py');
    expect(await look(page, `${width}-found-text`)).toEqual([]);
    await field.press('ArrowUp');
    await field.press('Enter');
    await page.getByRole('status').getByText('There is more than what is shown.').waitFor();
    expect(await choices.first().innerText()).toContain('workflows/sum.py');
    expect(await records.count()).toBe(0);
    expect(await look(page, `${width}-found-more`)).toEqual([]);
    await field.fill('#ballast total of');
    await page.getByRole('status').getByText('Nothing fits.').waitFor();
    // What is no file may be in one.
    await field.fill('ballast total');
    const inText = choices.filter({ hasText: 'Search the text for “ballast total”' });
    await inText.waitFor();
    expect(await choices.count()).toBe(1);
    expect(await look(page, `${width}-no-file`)).toEqual([]);
    await inText.click();
    expect(await field.inputValue()).toBe('#ballast total');
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    await field.fill('sum');
    expect(await choices.first().innerText()).toContain('sum.py');
    await field.press('ArrowUp');
    await field.press('Enter');
    expect(await field.inputValue()).toBe('#sum');
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'dark'], [390, 'light']] as const)
  test(`a search that goes on says so, and that nothing fits when it is over, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.evaluate(() => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
      const call = fixture.call.bind(fixture);
      fixture.call = (name, input) => (name === 'search' ? new Promise((go) => Object.assign(globalThis, { letSearch: go })).then(() => call(name, input)) : call(name, input));
    });
    const answer = () => page.evaluate(() => (globalThis as unknown as { letSearch?(): void }).letSearch?.());
    const says = () => page.getByRole('dialog').getByRole('status').allInnerTexts();
    await page.keyboard.press('Control+P');
    const field = page.getByRole('combobox', { name: 'Search' });
    await field.fill('#no such words');
    await expect.poll(says).toEqual(['Searching…']);
    await page.waitForTimeout(400);
    expect(await says(), 'it has begun').toEqual(['Searching…']);
    expect(await look(page, `${width}-searching`)).toEqual([]);
    await expect.poll(async () => (await answer(), says())).toEqual(['Nothing fits.']);
    await field.fill('#export');
    await expect.poll(says).toEqual(['Searching…']);
    await expect.poll(async () => (await answer(), says())).toEqual([]);
    await field.fill('#e');
    await expect.poll(says).toEqual(['Type at least two letters.']);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`a file that is not saved yet is found as any other, and once, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.keyboard.press('Alt+8');
    await page.getByRole('button', { name: 'Make a policy file' }).click();
    await page.getByText('Nothing of this is saved yet.').waitFor();
    const find = async (name: string) => {
      await page.keyboard.press('Control+P');
      await page.getByRole('combobox', { name: 'Search' }).fill(name);
      return page.getByRole('listbox', { name: 'Results' }).getByRole('option').filter({ hasNotText: 'Search the text' });
    };
    await (await find('embed.json')).click();
    await page.getByLabel('Text of embed.json').waitFor();
    const found = await find('policy');
    expect(await found.count()).toBe(1);
    expect(await look(page, `${width}-not-saved`)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing of this is saved yet.').filter({ visible: true }).waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Nothing of this is saved yet.').waitFor({ state: 'detached' });
    expect(await (await find('policy')).count()).toBe(1);
    expect(complaints).toEqual([]);
  });
