// The devices in Chromium, over the kernel in memory, in every state that there is.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import type { DeviceAct, DevicesState } from '../../worker/client-messages';
import type { FakeKernel } from './fake-kernel';
import { useFixture } from './browser';
import { ALONE, comparing, inviting, JOIN_COMPARE, JOINING, REVOKED, SHARED, STOPPED, TROUBLED } from './device-states';

// Machines that check this are shared and slow; nothing here waits for time to pass.
vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

type Global = { fixture: FakeKernel };
const tell = (page: Page, state: DevicesState) => page.evaluate((state) => (globalThis as unknown as Global).fixture.emit({ kind: 'devices', state }), state);
const acts = (page: Page): Promise<DeviceAct[]> => page.evaluate(() => (globalThis as unknown as Global).fixture.acts.splice(0));
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Devices' });
const inDialog = (page: Page, role: 'button' | 'combobox' | 'textbox' | 'alertdialog', name: string | RegExp) => dialog(page).getByRole(role, { name });
/** Hosts of plain files answer 404 where a relay would say that it is well; the browser tells the console so. */
const ours = (complaints: string[]) => complaints.filter((one) => !one.includes('404'));

for (const [name, options] of [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 390, height: 844 } }],
] as const)
  test(`every state of the devices can be read, ${name}, and nothing offends the policy`, async () => {
    const { page, complaints } = await open('', options);
    const serious: string[] = [];
    await tell(page, ALONE);
    await page.getByRole('button', { name: name === 'narrow' ? 'Devices: Share' : 'Share', exact: true }).click();
    await dialog(page).waitFor();
    const now = Date.now();
    const states: [string, DevicesState, string | RegExp][] = [
      ['alone', ALONE, /Sharing puts this workspace/],
      ['joining', JOINING, /Waiting for the device/],
      ['join-compare', JOIN_COMPARE, /Do both screens/],
      ['one', { ...SHARED, members: SHARED.members.slice(0, 1) }, /Only this device/],
      ['shared', SHARED, '3 devices'],
      ['inviting', inviting(now), /Open this link/],
      ['comparing', comparing(now), /Firefox on Android asks/],
      ['troubled', { ...TROUBLED, retryAtMs: now + 3_600_000 }, 'To look at'],
      ['viewer', { ...SHARED, members: SHARED.members.map((member) => ({ ...member, role: 'viewer' as const })) }, /Owners invite/],
      ['stopped', STOPPED, /Free some space/],
      ['revoked', REVOKED, /was removed from the shared/],
    ];
    for (const [what, state, text] of states) {
      await tell(page, state);
      await dialog(page).getByText(text).first().waitFor();
      if (what === 'inviting') await dialog(page).getByRole('img', { name: 'The link as a QR code' }).waitFor();
      serious.push(...(await look(page, `devices-${name}-${what}`)));
    }
    await tell(page, SHARED);
    await inDialog(page, 'button', 'Remove Ada’s phone').click();
    await inDialog(page, 'alertdialog', 'Remove Ada’s phone').waitFor();
    serious.push(...(await look(page, `devices-${name}-removing`)));
    const overflowing = await page.evaluate(() => [...document.querySelectorAll('dialog, dialog .main')].filter((one) => one.scrollWidth > one.clientWidth).length);
    expect(overflowing).toBe(0);
    expect(serious).toEqual([]);
    expect(ours(complaints)).toEqual([]);
  });

test('a workspace is shared, a device invited, compared and accepted, and one removed, by keyboard alone', async () => {
  const { page } = await open();
  await tell(page, ALONE);
  const press = async (role: 'button' | 'textbox', name: string | RegExp) => {
    await inDialog(page, role, name).focus();
    await page.keyboard.press('Enter');
  };
  await page.keyboard.press('Control+K');
  await page.keyboard.type('devices');
  await page.getByRole('option', { name: /Devices: share/ }).waitFor();
  await page.keyboard.press('Enter');
  await inDialog(page, 'textbox', /^Relay/).fill('wss://relay.example.org');
  await inDialog(page, 'textbox', /What the others call/).fill('Desk');
  await page.keyboard.press('Enter');
  await vi.waitUntil(async () => (await acts(page)).some((act) => act.do === 'share' && act.relay === 'wss://relay.example.org' && act.name === 'Desk'));

  await tell(page, SHARED);
  await inDialog(page, 'combobox', 'A new device will be').selectOption('viewer');
  await press('button', 'Invite a device');
  const [invite] = await acts(page);
  expect(invite).toMatchObject({ do: 'invite', role: 'viewer', history: true });
  expect((invite as { base: string }).base).toMatch(/^http:\/\/[^?#]+\/$/);

  await tell(page, comparing(Date.now()));
  // Nothing is accepted by an Enter that was meant for something else.
  await dialog(page).getByText('304 118 927').waitFor();
  await page.keyboard.press('Enter');
  expect(await acts(page)).toEqual([]);
  await press('button', /They are the same/);
  expect(await acts(page)).toEqual([{ do: 'accept' }]);

  await tell(page, SHARED);
  await press('button', 'Remove Safari on Mac');
  await page.keyboard.press('Escape');
  await inDialog(page, 'alertdialog', /Remove/).waitFor({ state: 'detached' });
  expect(await dialog(page).isVisible()).toBe(true);
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Remove Safari on Mac');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await acts(page)).toEqual([{ do: 'revoke', device: 'd3' }]);

  await inDialog(page, 'combobox', 'Role of Ada’s phone').selectOption('owner');
  expect(await acts(page)).toEqual([{ do: 'setRole', device: 'd2', role: 'owner' }]);
  // The only owner can't leave; from now on there are two.
  expect(await inDialog(page, 'button', /Leave/).isDisabled()).toBe(true);
  await tell(page, { ...SHARED, members: SHARED.members.map((member) => (member.id === 'd2' ? { ...member, role: 'owner' as const } : member)) });
  await press('button', 'Rename this device');
  await page.keyboard.type('Desk', { delay: 5 });
  await page.keyboard.press('Escape');
  expect(await dialog(page).isVisible()).toBe(true);
  await press('button', /Leave/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await acts(page)).toEqual([{ do: 'leave' }]);
});

test('a refusal is shown where it was asked for', async () => {
  const { page } = await open();
  await tell(page, SHARED);
  await page.evaluate(() => ((globalThis as unknown as Global).fixture.refusal = { code: 'NOT_NOW', message: 'The tab does not answer.', hint: 'Close it.' }));
  await page.getByRole('button', { name: /^Shared · 3 devices · up to date/ }).click();
  const role = inDialog(page, 'combobox', 'Role of Ada’s phone');
  await role.selectOption('viewer');
  await dialog(page).getByRole('alert').getByText('Close it.').waitFor();
  expect(await role.inputValue()).toBe('editor');
});

test('a link in the address asks before it joins, and then leaves the address', async () => {
  for (const answer of ['Join', 'Don’t join']) {
    const { page } = await open('#pair=kX3_b9-Q');
    await tell(page, ALONE);
    await dialog(page).getByText('opened with an invitation').waitFor();
    expect(await acts(page)).toEqual([]);
    const link = page.url();
    if (answer === 'Join') expect(await look(page, 'devices-invited')).toEqual([]);
    await dialog(page).getByRole('button', { name: answer, exact: true }).click();
    await vi.waitUntil(() => !page.url().includes('#'));
    expect((await acts(page)).map((act) => [act.do, (act as { link?: string }).link])).toEqual(answer === 'Join' ? [['join', link]] : []);
  }
});

test('a device that asks while the dialog is closed is told, and a window that keeps nothing can’t share', async () => {
  const { page } = await open();
  await tell(page, comparing(Date.now()));
  await page.getByRole('button', { name: 'Compare digits' }).click();
  await dialog(page).getByText('304 118 927').waitFor();
  const { page: other } = await open('storage=memory');
  await tell(other, ALONE);
  await other.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog(other).getByText('This window keeps nothing').waitFor();
});
