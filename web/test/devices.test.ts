import { beforeEach, expect, test, vi } from 'vitest';
import { deviceName, Devices, deviceWords, forgetInvitation, linkWords, NAME_BYTES_MAX, nameProblem, relayHere, span, watchInvitations } from '../src/lib/devices.svelte';
import { WorkerKernel } from '../src/lib/kernel';
import { Toasts } from '../src/ui/toasts.svelte';
import { ALONE, comparing, inviting, JOIN_COMPARE, JOINING, LINK, REVOKED, SHARED, TROUBLED } from './device-states';
import { FakeKernel } from './fake-kernel';

const NOW = 1_800_000_000_000;

function open() {
  const kernel = new FakeKernel();
  const toasts = new Toasts();
  const asked: string[] = [];
  const devices = new Devices(kernel, toasts, (name) => asked.push(name));
  return { kernel, toasts, devices, asked };
}

beforeEach(() => {
  vi.useRealTimers();
});

test('the status bar says in a few words how it stands', () => {
  expect(
    [undefined, ALONE, SHARED, { ...SHARED, pending: 1_200 }, { ...TROUBLED, retryAtMs: NOW + 4_200 }, { ...SHARED, link: 'connecting' as const }, inviting(NOW), comparing(NOW), JOINING, JOIN_COMPARE, REVOKED]
      .map((state) => deviceWords(state, NOW))
      .map(({ text, tone }) => [text, tone]),
  ).toEqual([
    ['Share', ''],
    ['Share', ''],
    ['Shared · 3 devices · up to date', ''],
    ['Shared · 3 devices · 1,200 waiting', ''],
    ['Shared · 3 devices · offline, retry in 5 s · 4 waiting', 'warn'],
    ['Shared · 3 devices · connecting…', ''],
    ['Shared · 3 devices · up to date', ''],
    ['A device asks to join', 'warn'],
    ['Joining…', ''],
    ['Compare the digits', ''],
    ['Shared · stopped', 'bad'],
  ]);
  expect(linkWords({ ...SHARED, link: 'waiting' }, NOW)).toBe('offline');
});

test('a change is by you, by a device of that name, or from before it was shared', () => {
  const { kernel, devices } = open();
  const person = (name: string) => devices.makerName({ kind: 'person', name });
  expect(person('you')).toBe('you');
  kernel.emit({ kind: 'devices', state: SHARED });
  expect([person('Chrome on Linux'), person('Ada’s phone'), person('you')]).toEqual(['you', 'Ada’s phone', 'before it was shared']);
  expect(devices.makerName({ kind: 'peer', name: 'another program' })).toBe('another program');
});

test('a time to come is told in its largest unit, and never below nothing', () => {
  expect([-5_000, 1, 59_000, 61_000, 7_200_000, 7 * 86_400_000].map(span)).toEqual(['0 s', '1 s', '59 s', '2 min', '2 h', '7 days']);
});

test('a device is called after its browser and system', () => {
  expect(
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0',
      'something else',
    ].map(deviceName),
  ).toEqual(['Chrome on Linux', 'Edge on Windows', 'Safari on iPhone', 'Firefox on Android', 'This device']);
});

test('a name is as long as the membership takes it, in bytes, and not empty', () => {
  expect(['Desk', 'é'.repeat(NAME_BYTES_MAX / 2), 'a'.repeat(NAME_BYTES_MAX)].map(nameProblem)).toEqual(['', '', '']);
  expect(['  ', `${'é'.repeat(NAME_BYTES_MAX / 2)}a`, 'a'.repeat(NAME_BYTES_MAX + 1)].map(nameProblem)).toEqual(['Give the device a name.', 'This name is too long.', 'This name is too long.']);
});

test('the host of the page is proposed as the relay only when it says that it is one', async () => {
  const host = (status: number, text: string) => async () => new Response(text, { status });
  expect(await relayHere('https://a.example', host(200, 'well\n'))).toBe('wss://a.example');
  expect(await relayHere('http://localhost:8080', host(200, 'well\n'))).toBe('ws://localhost:8080');
  expect(await relayHere('https://a.example', host(200, '<!doctype html>'))).toBeUndefined();
  expect(await relayHere('https://a.example', host(503, 'the storage failed\n'))).toBeUndefined();
  expect(await relayHere('https://a.example', () => Promise.reject(new TypeError('offline')))).toBeUndefined();
});

test('what is asked for goes to the kernel one at a time, and its failure is kept for the dialog', async () => {
  const { kernel, devices } = open();
  const first = devices.act({ do: 'retry' });
  expect([devices.busy, await devices.act({ do: 'leave' })]).toEqual([true, false]);
  expect([await first, devices.busy, kernel.acts]).toEqual([true, false, [{ do: 'retry' }]]);
  kernel.refusal = { code: 'NOT_NOW', message: 'Not now.', hint: 'Wait.' };
  expect([await devices.act({ do: 'accept' }), devices.failure]).toEqual([false, kernel.refusal]);
  kernel.refusal = undefined;
  expect([await devices.act({ do: 'accept' }), devices.failure]).toEqual([true, undefined]);
});

test('the message of an act carries a number, as calls do', async () => {
  const sent: unknown[] = [];
  const kernel = new WorkerKernel({ postMessage: (message) => sent.push(message), addEventListener: () => undefined });
  void kernel.devices({ do: 'rename', name: 'Desk' });
  expect(sent).toEqual([{ type: 'devices', id: 1, act: { do: 'rename', name: 'Desk' } }]);
});

test('a device that asks to come in is told once, and so are joining and a problem', () => {
  const { kernel, devices, toasts, asked } = open();
  kernel.emit({ kind: 'devices', state: comparing(NOW) });
  kernel.emit({ kind: 'devices', state: comparing(NOW) });
  expect(asked).toEqual(['Firefox on Android']);
  kernel.emit({ kind: 'devices', state: JOIN_COMPARE });
  kernel.emit({ kind: 'devices', state: SHARED });
  expect(devices.isOwner).toBe(true);
  kernel.emit({ kind: 'devices', state: REVOKED });
  kernel.emit({ kind: 'devices', state: REVOKED });
  expect(devices.isOwner).toBe(false);
  expect(toasts.list.map(({ tone, text }) => [tone, text])).toEqual([
    ['success', 'This device takes part in the workspace now.'],
    ['error', REVOKED.problem!.message],
  ]);
});

test('the clock runs only while something on the screen counts by it', () => {
  vi.useFakeTimers({ now: NOW });
  const { kernel, devices } = open();
  kernel.emit({ kind: 'devices', state: SHARED });
  expect(vi.getTimerCount()).toBe(0);
  kernel.emit({ kind: 'devices', state: { ...TROUBLED, retryAtMs: NOW + 9_000 } });
  vi.advanceTimersByTime(3_000);
  expect(linkWords(devices.state!, devices.nowMs)).toBe('offline, retry in 6 s');
  kernel.emit({ kind: 'devices', state: SHARED });
  expect(vi.getTimerCount()).toBe(0);
});

test('a link in the address is asked about, also when it comes later, and leaves the address with the answer', () => {
  const { devices } = open();
  const target = Object.assign(new EventTarget(), {
    location: { href: 'https://a.example/b?c', hash: '', pathname: '/b', search: '?c' },
    history: { state: 7, replaceState: vi.fn() },
  });
  const go = (hash: string) => Object.assign(target.location, { hash, href: `https://a.example/b?c${hash}` });
  const ask = vi.fn();
  const as = target as unknown as Window;
  go('#heading');
  watchInvitations(devices, ask, as);
  forgetInvitation(devices, as);
  expect([ask.mock.calls.length, devices.invitedBy, target.history.replaceState.mock.calls]).toEqual([0, undefined, []]);
  go(LINK.slice(LINK.indexOf('#')));
  target.dispatchEvent(new Event('hashchange'));
  expect([ask.mock.calls.length, devices.invitedBy]).toEqual([1, target.location.href]);
  forgetInvitation(devices, as);
  expect([devices.invitedBy, target.history.replaceState.mock.calls]).toEqual([undefined, [[7, '', '/b?c']]]);
});
