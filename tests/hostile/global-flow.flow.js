// hostile: a flow that changes its own tools
// expect: OK
// value: ["undefined", "another"]
// python: setattr(flow, …)
flow.fs.write = async () => 'forged';
flow.args = null;
delete flow.log;
flow.run = 'another';
const result = [typeof flow.log, flow.run];
result;
