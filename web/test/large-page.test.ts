// Large files on their way in and out: how far they are is shown, and they can be given up.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();
const row = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
/** No text, and large enough to go in pieces. */
const buffer = Buffer.alloc(9 * 1024 * 1024, 0xf0);

async function upload(page: Page): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Upload files' }).click();
  await (await chooser).setFiles([{ name: 'film.mp4', mimeType: 'video/mp4', buffer }]);
}

/** Makes each twentieth of what is stored take so long. */
const slow = (page: Page, stepMs: number) => page.evaluate((stepMs) => void Object.assign((globalThis as unknown as { fixture: object }).fixture, { stepMs }), stepMs);

/** What is saved goes to the browser's downloads, and not where a person says. */
const withoutPicker = (page: Page) => page.evaluate(() => void delete (globalThis as { showSaveFilePicker?: unknown }).showSaveFilePicker);

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 420])
    test(`an upload and a download show how far they are, ${colorScheme}, ${width} wide`, async () => {
      const { page, complaints } = await open('', { colorScheme, viewport: { width, height: 860 } });
      await slow(page, 150);
      await upload(page);
      const progress = page.getByRole('progressbar', { name: 'Uploading “film.mp4”' });
      await expect.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0.2);
      const serious = await look(page, `${colorScheme}-${width}-upload`);
      await page.getByText('Uploaded “film.mp4”').waitFor();
      await expect.poll(() => progress.count()).toBe(0);
      await row(page, 'film.mp4').waitFor();
      serious.push(...(await look(page, `${colorScheme}-${width}-uploaded`)));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(serious).toEqual([]);
      expect(complaints).toEqual([]);
    });

test('an upload that is cancelled writes nothing, and says so', async () => {
  const { page } = await open();
  await slow(page, 500);
  await upload(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('The upload of “film.mp4” was cancelled. Nothing of it is kept.').waitFor();
  expect(await row(page, 'film.mp4').count()).toBe(0);
  const writes = await page.evaluate(() => (globalThis as unknown as { fixture: { calls: { name: string }[] } }).fixture.calls.filter((call) => call.name === 'write'));
  expect(writes).toEqual([]);
});

test('a large file is saved in parts, alone and in a zip', async () => {
  const { page } = await open();
  await withoutPicker(page);
  await upload(page);
  await row(page, 'film.mp4').click();
  for (const [name, act] of [
    ['film.mp4', () => page.getByRole('button', { name: 'Download' }).last().click()],
    [/^selvage-.*\.zip$/, () => page.keyboard.press('Control+K').then(() => page.keyboard.type('export')).then(() => page.keyboard.press('Enter'))],
  ] as const) {
    const download = page.waitForEvent('download');
    await act();
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(name);
    const chunks: Buffer[] = [];
    for await (const chunk of await saved.createReadStream()) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (name === 'film.mp4') expect(bytes.equals(buffer)).toBe(true);
    else expect([...bytes.subarray(0, 2)]).toEqual([0x50, 0x4b]);
  }
});

test('a person who chooses no place for a file saves nothing, and is told nothing', async () => {
  const { page } = await open();
  await page.evaluate(() => Object.assign(globalThis, { showSaveFilePicker: () => Promise.reject(new DOMException('The user aborted a request.', 'AbortError')) }));
  await upload(page);
  await page.getByText('Uploaded “film.mp4”').waitFor();
  await page.getByRole('button', { name: 'Close this note' }).click();
  await row(page, 'film.mp4').click();
  await page.getByRole('button', { name: 'Download' }).last().click();
  await expect.poll(() => page.getByRole('progressbar').count()).toBe(0);
  expect(await page.getByText('could not be downloaded').count()).toBe(0);
});
