// What a person begins a manifest with: an empty one can't be saved.

import { FLOWS_FILE, POLICY_FILE } from './paths';

const POLICY = `# What agents and flows may do here. Where this file is, what no rule allows is denied.
# What stands under "ask" waits for you, and goes before "allow"; "deny" goes before both.
# Save the file, and it holds.
version: 1
ungranted: deny # "ask" has you asked about what no rule names

agents:
  - name: "*" # every agent
    allow:
      tools: ["*"]
      read: ["**"]
      write: ["drafts/**"]
    ask:
      write: ["data/**", "flows/**", "notes/**", "published/**"]
      tools: [delete]
    deny:
      read: ["private/**"]
      write: ["private/**"]

flows:
  - path: "flows/**"
    allow:
      tools: [ls, read, search, write]
      read: ["**"]
      write: ["out/**", "reports/**"]
    ask:
      write: ["data/**", "published/**"]

approvals:
  expiresMinutes: 60
  onExpiry: deny
`;

const FLOWS = `{
  "version": 1,
  "flows": {
    "daily-report": {
      "entry": "flows/report.flow.js",
      "description": "Sums the invoices up",
      "args": { "days": 1 }
    }
  }
}
`;

/** By path. */
export const EXAMPLES: Readonly<Record<string, string>> = { [POLICY_FILE]: POLICY, [FLOWS_FILE]: FLOWS };
