// What every system is asked to do: the same files, changes and edits, from fixed numbers.

/** Numbers from a seed, in [0, 1). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

/** How many folders hold files, two names deep. */
export const FOLDERS = 140;
export const folderOf = (n) => [`folder${n % 20}`, `sub${Math.floor(n / 20) % 7}`];
export const nameOf = (n) => `file${n}.md`;
export const pathOf = (n) => [...folderOf(n), nameOf(n)].join('/');

/** Bytes as long as a seal's, and like a hash hard to compress. */
export function seal(next) {
  const bytes = new Uint8Array(48);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = next() * 256;
  return bytes;
}

/**
 * Edits of one text by one hand, `[at, removed, inserted]`: bursts of typing and of deleting, short ways back and
 * forth, sometimes a jump. In its mix of both and its length it is like the recorded writing of a paper that is often
 * used for this, whose data is not here.
 */
export function trace(count, seed = 1) {
  const next = random(seed);
  const letters = 'etaoinshrdlu cmfwyp vbgkjqxz etaoin';
  const edits = [];
  let [length, at] = [0, 0];
  while (edits.length < count) {
    const jump = next();
    if (jump < 0.1) at = Math.floor(next() * (length + 1));
    else if (jump < 0.5) at = Math.max(0, Math.min(length, at + Math.floor((next() - 0.5) * 200)));
    const burst = 1 + Math.floor(next() * next() * 60);
    const isDeleting = next() < 0.3 && length > 100;
    for (let step = 0; step < burst && edits.length < count; step += 1) {
      if (isDeleting) {
        if (at === 0) break;
        at -= 1;
        length -= 1;
        edits.push([at, 1, '']);
      } else {
        edits.push([at, 0, letters[Math.floor(next() * letters.length)]]);
        at += 1;
        length += 1;
      }
    }
  }
  return edits;
}

/** What the text says after these edits, each of which removes one letter at most. */
export function textAfter(edits) {
  // In pieces, since one long text would be copied with every edit.
  const pieces = [''];
  for (const [at, removed, inserted] of edits) {
    let [index, start] = [0, 0];
    while (index + 1 < pieces.length && start + pieces[index].length < at + removed) start += pieces[index++].length;
    const piece = pieces[index].slice(0, at - start) + inserted + pieces[index].slice(at - start + removed);
    const half = piece.length >> 1;
    if (piece.length > 4000) pieces.splice(index, 1, piece.slice(0, half), piece.slice(half));
    else pieces[index] = piece;
  }
  return pieces.join('');
}
