// hostile: a flow that loops while its inputs are read
// expect: QUOTA_FUEL
function setup(flow) {
  for (;;) {}
}
function run(services) {
  return 1;
}
