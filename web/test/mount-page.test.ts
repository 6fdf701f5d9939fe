// What a person is told before another workspace is mounted.

import { zipSync } from 'fflate';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`what is mounted where is told before it is, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.evaluate(() => {
      const { fixture } = globalThis as unknown as { fixture: { call(...input: unknown[]): Promise<unknown> } };
      const call = fixture.call.bind(fixture);
      fixture.call = async (...asked) => {
        const [tool, input] = asked as [string, { name: string; files: Record<string, string> }];
        if (tool !== 'scope_mount') return call(...asked);
        const differences = Object.keys(input.files).map((path) => ({ verb: 'added', path: `scopes/${input.name}/${path}`, kind: 'file', edited: false }));
        return { ok: true, value: { differences, total: differences.length } };
      };
    });
    const text = (value: string) => new TextEncoder().encode(value);
    const buffer = Buffer.from(zipSync({ 'workspace.json': text('{"workspace":"w","heads":["h"]}'), 'modules/rates.py': text('RATE = 19\n'), 'about.md': text('# About\n') }));
    await page.keyboard.press('Control+Shift+P');
    await page.keyboard.type('Mount another');
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('option', { name: 'Mount another workspace' }).first().click()]);
    await chooser.setFiles({ name: 'rates-2026-11-28.zip', mimeType: 'application/zip', buffer });
    const dialog = page.getByRole('dialog', { name: 'Mount another workspace' });
    await dialog.getByText('The workspace in rates-2026-11-28.zip is copied into a folder of this one').waitFor();
    await dialog.getByText('2 files would come.').waitFor();
    const folder = dialog.getByLabel('Folder here: scopes/');
    expect(await folder.inputValue()).toBe('rates');
    await folder.fill('base');
    await dialog.getByRole('button', { name: 'added scopes/base/modules/rates.py' }).waitFor();
    expect(await look(page, `${width}-${colorScheme}-mount`)).toEqual([]);
    await dialog.getByRole('button', { name: 'Mount' }).click();
    await page.getByText('“base” is mounted.').waitFor();
    expect(complaints).toEqual([]);
  });
