//: shape module
//: tool ls {"ok": {"entries": []}}
//: tool broken {"error": {"code": "INVALID_INPUT", "message": "no such input", "hint": "look"}}
//: value [{"entries": []}, {"a": 1}, "INVALID_INPUT", "look", "TypeError", "INVALID_RESULT"]
export default async (flow) => {
  const failed = await flow.call("broken").catch((error) => error);
  return [await flow.call("ls", {}), await flow.call("echo", { a: 1, left: undefined }), failed.code, failed.hint,
    (await flow.call().catch((e) => e)).name, (await flow.call("echo", () => 1).catch((e) => e)).code];
};
