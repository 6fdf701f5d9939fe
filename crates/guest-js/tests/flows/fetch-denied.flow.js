//: shape module
//: error {"code": "POLICY_DENIED", "line": 5, "path": "fetch-denied.flow.js"}

export default async () => {
  await fetch("https://evil.example/");
};
