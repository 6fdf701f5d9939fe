// Work that waits for the next picture, so that a stream of events costs one redraw and not one each.

/** Calls `run` before the next picture. Without a screen, as in tests, soon. */
export function onNextFrame(run: () => void): void {
  if (typeof requestAnimationFrame === 'function') requestAnimationFrame(run);
  else setTimeout(run);
}
