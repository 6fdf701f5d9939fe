//: shape module
//: value "run-1"
/* export default async () => {} */ "export default async () => {}";
export /* here */ default
  async flow => flow.run
