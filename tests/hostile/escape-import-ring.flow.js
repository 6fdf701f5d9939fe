// hostile: a module that imports itself
// expect: OK
// value: 1
import { one } from './escape-import-ring.flow.js';
export const one_ = 1;
export { one_ as one };
export default async () => one;
