// Numbers that look random and are the same for the same seed (mulberry32).

/** Gives a function from which each call gets the next number in [0, 1). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed that the environment names, or a new one. Print it, so that a failure can be seen again. */
export const seedOf = (name) => Number(process.env[name] ?? Math.floor(Math.random() * 2 ** 31));
