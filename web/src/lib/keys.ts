// Keyboard shortcuts as text: `Mod+Shift+P`. `Mod` is Command on a Mac and Control elsewhere.

const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

export interface KeyLike {
  key: string;
  /** The key by its place, for signs that Alt changes. */
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

export function matches(event: KeyLike, keys: string, mac = MAC): boolean {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  const wants = (name: string) => parts.includes(name);
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  // Shift is part of how some signs are typed, so it only counts for letters and named keys.
  const shiftCounts = key.length > 1 || /[a-z]/i.test(key);
  const same = event.key.toLowerCase() === key.toLowerCase() || (wants('Alt') && (event.code === `Key${key.toUpperCase()}` || event.code === `Digit${key}`));
  return (
    same &&
    mod === wants('Mod') &&
    !other &&
    event.altKey === wants('Alt') &&
    (!shiftCounts || event.shiftKey === wants('Shift'))
  );
}

/** The keys as they are printed on this keyboard. */
export function label(keys: string, mac = MAC): string {
  const names: Record<string, string> = mac
    ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩' }
    : { Mod: 'Ctrl' };
  return keys
    .split('+')
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(mac ? '' : '+');
}
