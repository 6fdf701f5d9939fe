import { nothing } from './lib/nowhere.js';
export default () => nothing;
