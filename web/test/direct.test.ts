import { expect, test } from 'vitest';
import { SIGNAL_CHARS_MAX, signalOf } from '../src/presence/direct';

test('what another device says about a link is taken apart, and all else is not heard', () => {
  expect(signalOf('{"kind":"ready","sdp":1}')).toEqual({ kind: 'ready' });
  expect(signalOf('{"kind":"offer","sdp":"v=0","more":1}')).toEqual({ kind: 'offer', sdp: 'v=0' });
  const long = JSON.stringify({ kind: 'offer', sdp: 'v'.repeat(SIGNAL_CHARS_MAX) });
  for (const text of ['', 'null', '1', '{', '{"kind":"offer"}', '{"kind":"answer","sdp":1}', '{"kind":"here"}', long]) expect(signalOf(text), text.slice(0, 40)).toBeUndefined();
});
