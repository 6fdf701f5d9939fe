// What a click means beside its place.

/** Whether this is the second click of a double click: Cancel stands where Run was, and was not meant. */
export const isSecondClick = (event: MouseEvent): boolean => event.detail > 1;
