/// <reference types="svelte" />
/// <reference types="vite/client" />

/** A copy of its own, of which the page loads the comparison of texts alone; the views come when one is opened. */
declare module '@codemirror/merge?comparison' {
  export { diff, presentableDiff } from '@codemirror/merge';
}

declare module 'virtual:dockview.css';

declare module 'virtual:flow-api' {
  const api: import('./editor/flow-api').FlowApi;
  export default api;
}

declare module 'virtual:bifrost-api' {
  const api: import('./editor/python/outline').Definition[];
  export default api;
}
