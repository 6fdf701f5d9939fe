// The one channel between the main process and the page, and the names of its two directions. Messages are those of the door
// (`web/embed/selvage.ts`).

/** From the page: answers to what the main process asked, and calls of what the main process has. */
export const FROM_PAGE = 'selvage:from-page';
/** To the page: what the main process asks. */
export const TO_PAGE = 'selvage:to-page';
