// What it was given, as it came, and what it says of it.
export default (flow) => {
  flow.log.info('args', flow.args);
  flow.log.info('%s of %d', typeof flow.args, Object.keys(flow.args ?? {}).length);
  return { args: flow.args, env: flow.env, json: JSON.stringify(flow.args) };
};
