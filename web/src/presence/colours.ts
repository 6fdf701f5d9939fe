// The colours of persons, as pairs for light and dark: a cursor must be seen on the editor's ground, and the letters on
// an avatar and a flag must be readable. A test holds the contrasts against the page's own tokens.

export interface Colour {
  light: string;
  dark: string;
}

export const COLOURS: readonly Colour[] = [
  { light: '#9a3412', dark: '#fdba74' },
  { light: '#0f766e', dark: '#5eead4' },
  { light: '#7e22ce', dark: '#d8b4fe' },
  { light: '#4d6a0c', dark: '#bef264' },
  { light: '#be185d', dark: '#f9a8d4' },
  { light: '#0369a1', dark: '#7dd3fc' },
  { light: '#854d0e', dark: '#fde047' },
  { light: '#475569', dark: '#cbd5e1' },
];

/** The first colour that nobody has, looking from the one that a name of its own suggests; any when all are taken. */
export function colourFor(id: string, taken: ReadonlySet<number>): number {
  const first = parseInt(id.slice(0, 8), 16) % COLOURS.length;
  for (let step = 0; step < COLOURS.length; step++) {
    const colour = (first + step) % COLOURS.length;
    if (!taken.has(colour)) return colour;
  }
  return first;
}

export const cssOf = (colour: number): string => {
  const { light, dark } = COLOURS[colour % COLOURS.length] as Colour;
  return `light-dark(${light}, ${dark})`;
};
