/// <reference types="svelte" />
/// <reference types="vite/client" />

declare module 'virtual:dockview.css';

declare module 'virtual:flow-api' {
  const api: import('./editor/flow-api').FlowApi;
  export default api;
}

declare module 'virtual:bifrost-api' {
  const api: import('./editor/python/outline').Definition[];
  export default api;
}
