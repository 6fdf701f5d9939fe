// The policy that a person begins with.

export const POLICY_FILE = 'selvage.policy.yaml';

export const EXAMPLE = `# What agents and flows may do here. Where this file is, what no rule allows is denied.
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
