// What a click means beside its place.

/** Whether this is the second click of a double click: Cancel stands where Run was, and was not meant. */
export const isSecondClick = (event: MouseEvent): boolean => event.detail > 1;

/** A key that is held presses a button once, also where it becomes another one meanwhile. */
export function pressOnce(event: KeyboardEvent): void {
  if (event.repeat && event.key === 'Enter') event.preventDefault();
}
