(function (native) {
  "use strict";
  const INPUTS = { inText: "text", inNumber: "number", inBoolean: "boolean", inFile: "file", inImg: "image", inImgs: "image", inJson: "json", inSelect: "select" };
  const OUTPUTS = ["outText", "outNumber", "outBoolean", "outFile", "outImg", "outImgs", "outJson"];
  const names = (map) => (map.size ? `Declared are: ${[...map.keys()].join(", ")}.` : "None is declared.");
  const wrong = (message, hint) => native.fail("INVALID_INPUT", message, hint);

  /** What `setup(flow)` and `init(setup)` are given, over what the flow has anyway. */
  function declare(base) {
    const inputs = new Map(), outputs = new Map();
    const setup = Object.create(base);
    const once = (map, id, what) => {
      if (typeof id !== "string" || !id) throw new TypeError(`an ${what} has a name: a text that is not empty`);
      if (map.has(id)) throw new TypeError(`the ${what} '${id}' is declared twice`);
    };
    setup.title = () => setup;
    setup.describe = () => setup;
    for (const [method, kind] of Object.entries(INPUTS)) {
      setup[method] = (id, label, options = {}) => {
        once(inputs, id, "input");
        inputs.set(id, { id, label, kind, ...options });
        return setup;
      };
    }
    for (const method of OUTPUTS) {
      setup[method] = (id, label) => {
        once(outputs, id, "output");
        outputs.set(id, { id, label });
        return setup;
      };
    }
    return { setup, inputs, outputs };
  }

  function fits({ id, kind, options }, value) {
    if (kind === "text" && typeof value !== "string") wrong(`the input '${id}' is a text, and ${typeof value} was passed`);
    if (kind === "number" && typeof value !== "number") wrong(`the input '${id}' is a number, and ${typeof value} was passed`);
    if (kind === "boolean" && typeof value !== "boolean") wrong(`the input '${id}' is true or false, and ${typeof value} was passed`);
    if (kind === "select" && Array.isArray(options) && !options.includes(value)) wrong(`the input '${id}' is none of its options`, `Pass one of: ${options.join(", ")}.`);
  }

  /** What `run(services)` is given, and what it set. */
  function serve({ inputs, outputs }, args, base) {
    const given = new Map(), set = new Map();
    const passed = args !== null && typeof args === "object" ? args : {};
    for (const input of inputs.values()) {
      const value = Object.hasOwn(passed, input.id) ? passed[input.id] : undefined;
      if (value !== undefined && value !== null) {
        fits(input, value);
        given.set(input.id, value);
      } else if (input.default !== undefined) given.set(input.id, input.default);
      else if (!input.optional) wrong(`the input '${input.id}' is missing`, `Pass it in args. ${names(inputs)}`);
    }
    for (const id of Object.keys(passed)) if (!inputs.has(id)) wrong(`there is no input '${id}'`, names(inputs));
    const input = (id) => {
      if (!inputs.has(id)) wrong(`there is no input '${String(id)}'`, names(inputs));
      return given.get(id);
    };
    const output = (id, value) => {
      if (!outputs.has(id)) wrong(`there is no output '${String(id)}'`, names(outputs));
      set.set(id, value);
    };
    const own = {
      input, output, outputs: output,
      inputs: new Proxy({}, {
        get: (_, id) => (typeof id === "symbol" || id === "then" || id === "toJSON" ? undefined : input(id)),
        has: (_, id) => given.has(id),
        ownKeys: () => [...given.keys()],
        getOwnPropertyDescriptor: (_, id) => (given.has(id) ? { value: given.get(id), enumerable: true, configurable: true } : undefined),
        set: (_, id) => { throw new TypeError(`the input '${String(id)}' can't be changed`); },
      }),
    };
    const services = new Proxy(own, {
      get(target, name) {
        if (name in target) return target[name];
        if (name in base) return base[name];
        if (typeof name === "symbol" || name === "then" || name === "toJSON") return undefined;
        return async (...input) => {
          try {
            return await native.call(name, input.length === 1 ? input[0] : { arguments: input });
          } catch (error) {
            if (error.code === "UNKNOWN_TOOL" || error.code === "POLICY_DENIED") {
              error.message = `no service '${name}' is available: ${error.message}`;
              error.hint ??= "A service is a tool that the run is granted; see the list of tools.";
            }
            throw error;
          }
        };
      },
    });
    return { services, results: () => (outputs.size ? Object.fromEntries(set) : undefined) };
  }

  /** Runs a flow of the two older shapes. */
  async function run(first, main, flow) {
    const declared = declare(flow);
    await first?.(declared.setup);
    const { services, results } = serve(declared, flow.args, flow);
    const value = await main(services);
    return results() ?? value;
  }
  return { run };
})
