// Made-up states of the devices, for tests and pictures.

import type { DevicesState } from '../../worker/client-messages';

const MINUTE_MS = 60_000;

export const ALONE: DevicesState = {
  elsewhere: false, shared: false, relay: null, link: 'off', passing: false, retryAtMs: null, pending: 0, workspace: null, members: [],
  invitation: null, joining: null, findings: [], problem: null,
};

export const SHARED: DevicesState = {
  ...ALONE, shared: true, relay: 'wss://relay.example.org', link: 'open', workspace: 'w1',
  members: [
    { id: 'd1', name: 'Chrome on Linux', role: 'owner', self: true, online: true, linked: 'mail' },
    { id: 'd2', name: 'Ada’s phone', role: 'editor', self: false, online: true, linked: 'mail' },
    { id: 'd3', name: 'Safari on Mac', role: 'viewer', self: false, online: false, linked: 'mail' },
  ],
};

export const LINK = `https://selvage.example.org/#pair=${'kX3_b9-Q'.repeat(18)}`;

export const inviting = (nowMs: number): DevicesState => ({
  ...SHARED, invitation: { link: LINK, role: 'editor', untilMs: nowMs + 30 * MINUTE_MS, step: 'waiting', code: null, name: null },
});

export const comparing = (nowMs: number): DevicesState => ({
  ...SHARED, invitation: { ...inviting(nowMs).invitation!, step: 'compare', code: '304 118 927', name: 'Firefox on Android' },
});

export const JOINING: DevicesState = { ...ALONE, joining: { step: 'waiting', code: null, relay: 'wss://relay.example.org' } };

export const JOIN_COMPARE: DevicesState = { ...ALONE, joining: { step: 'compare', code: '304 118 927', relay: 'wss://relay.example.org' } };

export const TROUBLED: DevicesState = {
  ...SHARED, elsewhere: true, link: 'waiting', pending: 4,
  findings: [
    { code: 'OVERHANG', message: 'A removed device wrote something that came here before its removal did.', hint: 'Keep it if it should count for all; else it stays here alone.', device: 'd3' },
    { code: 'BEHIND', message: 'The relay has less than it had: it lost letters, or holds them back.', hint: 'Ask who runs `wss://relay.example.org`.', device: null },
  ],
};

export const REVOKED: DevicesState = {
  ...SHARED, link: 'off', members: SHARED.members.map((member) => ({ ...member, role: 'viewer' })),
  problem: { code: 'REVOKED', message: 'This device was removed from the shared workspace.', hint: 'Its files stay in this browser. Ask an owner for a new invitation.' },
};

export const STOPPED: DevicesState = {
  ...SHARED, link: 'off', pending: 2, members: SHARED.members.map((member) => ({ ...member, online: member.self })),
  problem: { code: 'NOT_KEPT', message: 'Sharing stopped: what this device knows of the others could not be kept. The disk took no more bytes.', hint: 'Free some space on this device, then reload the page. Sharing goes on from what was kept before.' },
};
