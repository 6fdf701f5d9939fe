// The place where a person says where runs run, in Chromium over the kernel in memory.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import type { FakeKernel } from './fake-kernel';
import { useFixture } from './browser';

// Machines that check this are shared and slow; nothing here waits for time to pass.
vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

type Global = { fixture: FakeKernel };
const REFUSAL = { code: 'EXECUTOR_UNAVAILABLE', message: 'The server at https://runs.example does not take this key.', hint: 'Start it with `--origin https://a.rather.long.origin.that.has.to.be.broken.somewhere.example`.' };
const refuse = (page: Page, refusal: FakeKernel['refusal']) => page.evaluate((refusal) => void ((globalThis as unknown as Global).fixture.refusal = refusal), refusal);
const kernel = (page: Page) => page.evaluate(() => {
  const { places, tried } = (globalThis as unknown as Global).fixture;
  return { places, tried };
});
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Where runs run' });
const button = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true });
const field = (page: Page, name: RegExp) => dialog(page).getByLabel(name);

/** By the palette, as the keyboard does; the status bar has it, too, where there is one. */
async function arrive(page: Page): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.keyboard.type('where runs');
  await page.getByRole('option', { name: /Where runs run/ }).waitFor();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
}

for (const [name, options] of [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 390, height: 844 } }],
] as const)
  test(`every state can be read, ${name}, and nothing offends the policy`, async () => {
    const { page, complaints } = await open('', options);
    const serious: string[] = [];
    const state = async (what: string) => {
      serious.push(...(await look(page, `executor-${name}-${what}`)));
      const overflowing = await page.evaluate(() => [...document.querySelectorAll('dialog, dialog .main')].filter((one) => one.scrollWidth > one.clientWidth).length);
      expect(overflowing, what).toBe(0);
    };
    await arrive(page);
    await state('here');
    await button(page, 'A server').click();
    await field(page, /^Address/).fill('http://runs.example');
    await dialog(page).getByText(/sent openly/).waitFor();
    await state('address');
    await field(page, /^Address/).fill('runs.example');
    await field(page, /^Key/).fill('a-key');
    await refuse(page, REFUSAL);
    await button(page, 'Test').click();
    await dialog(page).getByText(/does not take this key/).waitFor();
    await state('refused');
    await refuse(page, undefined);
    await button(page, 'Run flows there').click();
    await dialog(page).getByText('Now: at runs.example.').waitFor();
    await state('there');
    await button(page, 'This browser').click();
    await state('back');
    await page.keyboard.press('Escape');
    if (name === 'narrow') await page.getByRole('tab', { name: 'Run' }).or(page.getByRole('button', { name: 'Run', exact: true })).first().click();
    await page.getByText('Runs at runs.example').first().waitFor();
    await state('panel');
    expect(serious).toEqual([]);
    expect(complaints).toEqual([]);
  });

test('a server is set by keyboard alone, kept without showing its key, and given up', async () => {
  const { page } = await open();
  const press = async (name: string) => {
    await button(page, name).focus();
    await page.keyboard.press('Enter');
  };
  await arrive(page);
  await press('A server');
  await field(page, /^Address/).fill('runs.example/');
  // Without a key nothing is asked.
  await page.keyboard.press('Enter');
  expect(await kernel(page)).toEqual({ places: [], tried: [] });
  await field(page, /^Key/).fill('a-key');
  // What the server refuses is not set.
  await refuse(page, REFUSAL);
  await press('Run flows there');
  await dialog(page).getByText(/does not take this key/).waitFor();
  await refuse(page, undefined);
  const server = { address: 'https://runs.example', key: 'a-key' };
  // A test sets nothing, either; nor does the Enter of a field, which presses the first button.
  await press('Test');
  await dialog(page).getByText('The server is there and takes the key').waitFor();
  expect(await kernel(page)).toEqual({ places: [], tried: [server, server] });
  await press('Run flows there');
  await dialog(page).getByText('Now: at runs.example.').waitFor();
  expect((await kernel(page)).places).toEqual([server]);
  expect(await field(page, /^Key/).inputValue()).toBe('');

  // Another visit: it says how the server is doing, and tests it with the key that is kept.
  await page.reload();
  await page.getByRole('button', { name: 'Runs at runs.example' }).click();
  await dialog(page).getByText('The server is there and takes the key').waitFor();
  expect(await kernel(page)).toEqual({ places: [server], tried: [server] });
  expect(await page.evaluate(() => document.querySelector('dialog')?.outerHTML.includes('a-key'))).toBe(false);
  // The key goes to no other address.
  await field(page, /^Address/).fill('other.example');
  await press('Test');
  expect((await kernel(page)).tried).toEqual([server]);
  expect(await field(page, /^Key/).evaluate((input: HTMLInputElement) => input.validity.valueMissing)).toBe(true);

  await press('This browser');
  await press('Run flows in this browser');
  await dialog(page).getByText('Now: in this browser.').waitFor();
  expect((await kernel(page)).places).toEqual([server, null]);
  expect(await page.evaluate(() => localStorage.getItem('selvage.executor'))).toBeNull();
});

test('what the policy will say of a flow is told anew when runs run elsewhere', async () => {
  const { page } = await open();
  await page.getByRole('tree').waitFor();
  // Its rules let runs be in this browser alone.
  await page.evaluate(() => {
    const { fixture } = globalThis as unknown as Global;
    const call = fixture.call.bind(fixture);
    fixture.call = async (name, ...rest) => {
      const result = await call(name, ...rest);
      const denied = { what: 'run on remote:runs.example', forecast: 'denied', reason: 'no rule allows it' };
      return result.ok && name === 'lint_flow' && fixture.places.at(-1) ? { ok: true, value: { ...(result.value as object), policy: [denied] } } : result;
    };
  });
  await page.keyboard.press('Alt+2');
  await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label: 'Exchange rates' });
  const touched = page.getByRole('group', { name: 'What this flow may touch' });
  await touched.waitFor();
  const denied = touched.getByText('run on remote:runs.example');
  await arrive(page);
  await button(page, 'A server').click();
  await field(page, /^Address/).fill('runs.example');
  await field(page, /^Key/).fill('a-key');
  expect(await denied.count()).toBe(0);
  await button(page, 'Run flows there').click();
  await denied.waitFor();
  await button(page, 'This browser').click();
  await button(page, 'Run flows in this browser').click();
  await denied.waitFor({ state: 'detached' });
});

test('in the desktop app this computer is one more choice, by keyboard alone, and its key is nowhere in the page', async () => {
  const { page, complaints } = await open();
  await page.addInitScript(() => void Object.assign(window, { selvageHost: { call: () => Promise.resolve({ ok: true, value: { address: 'http://127.0.0.1:49152', key: 'a-key' } }), subscribe: () => () => undefined } }));
  await page.reload();
  const press = async (name: string) => {
    await button(page, name).focus();
    await page.keyboard.press('Enter');
  };
  await page.keyboard.press('Control+K');
  await page.keyboard.type('where runs');
  await page.getByRole('option', { name: 'Where runs run: this browser, this computer, or a server' }).waitFor();
  await page.keyboard.press('Escape');
  await arrive(page);
  await press('This computer');
  const serious = await look(page, 'executor-app-choice');
  await refuse(page, { code: 'EXECUTOR_UNAVAILABLE', message: 'The program `selvage` runs no flows here: it ended with 2.', hint: 'Start it by hand.' });
  await press('Run flows on this computer');
  await dialog(page).getByText(/it ended with 2/).waitFor();
  expect((await kernel(page)).places, 'what is not there is not chosen').toEqual([]);
  await refuse(page, undefined);
  await press('Run flows on this computer');
  await dialog(page).getByText('Now: on this computer.').waitFor();
  serious.push(...(await look(page, 'executor-app-chosen')));
  expect(await page.evaluate(() => ({ ...localStorage })['selvage.executor'])).toBe('"native"');
  await page.reload();
  await page.getByRole('button', { name: 'Runs on this computer' }).click();
  await dialog(page).getByText('The program is there').waitFor();
  await press('This browser');
  await press('Run flows in this browser');
  await dialog(page).getByText('Now: in this browser.').waitFor();
  expect(await page.evaluate(() => localStorage.getItem('selvage.executor'))).toBeNull();
  expect([serious, complaints]).toEqual([[], []]);
});
