// What a person begins a manifest with, which can't be saved empty, and a form.

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

const FORM_JSON = `{
  "name": "Order cloth",
  "workflow": "workflows/orders.py::place_order",
  "fields": [
    { "name": "item", "type": "select", "label": "Item", "required": true, "options": ["Plain", "Twill"] },
    { "name": "count", "type": "number", "label": "How many", "default_value": 1, "validation": { "min": 1, "max": 20 } }
  ]
}
`;

const FORM_YAML = `name: Order cloth
workflow: workflows/orders.py::place_order
fields:
  - name: item
    type: select
    label: Item
    required: true
    options: [Plain, Twill]
  - name: count
    type: number
    label: How many
    default_value: 1
    validation: { min: 1, max: 20 }
`;

/** What a form looks like, in the language that its name ends with. */
export const formExample = (path: string): string => (path.endsWith('.json') ? FORM_JSON : FORM_YAML);
