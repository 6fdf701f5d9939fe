// What a click means beside its place.

/** Whether this is the second click of a double click: Cancel stands where Run was, and was not meant. */
export const isSecondClick = (event: MouseEvent): boolean => event.detail > 1;

/** For how long a key means what its button was before it became another one. */
const SLIP_MS = 500;

/** Whether a click was meant for what its button was until `becameMs`: the second one of a double click, or a key right after that. */
export const isSlip = (event: MouseEvent, becameMs: number): boolean => isSecondClick(event) || (event.detail === 0 && event.timeStamp - becameMs < SLIP_MS);

/** A key that is held presses a button once, also where it becomes another one meanwhile. */
export function pressOnce(event: KeyboardEvent): void {
  if (event.repeat && event.key === 'Enter') event.preventDefault();
}
