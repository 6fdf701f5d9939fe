// It imports, by every spelling.
import { double } from './lib/double.js';
import * as all from './lib/double.js';
export default async (flow) => [double(flow.args.n), Object.keys(all), (await import('./lib/double.js')).double === double];
