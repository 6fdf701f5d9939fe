export default (flow) => {
  return flow.args.
};
