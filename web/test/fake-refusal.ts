// How the kernel in memory refuses a call.

import type { ToolError } from '../src/lib/tools';

export class Refusal extends Error {
  constructor(readonly error: ToolError) {
    super(error.message);
  }
}

export const refuse = (code: string, message: string, hint?: string): never => {
  throw new Refusal({ code, message, ...(hint ? { hint } : {}) });
};
