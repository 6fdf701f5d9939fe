// What is shown of a run beside its log: fetched when the first of it is looked at.

export { default as Timeline } from '../timeline/Timeline.svelte';
export { default as Changes } from './Changes.svelte';
export { default as ErrorNote } from './ErrorNote.svelte';
export { default as Receipt } from './Receipt.svelte';
export { default as ResultView } from './ResultView.svelte';
