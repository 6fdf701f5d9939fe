//: shape init as module
//: value 3
export function init(setup) { setup.inNumber("n", "N", { default: 3 }); }
export async function run(services) { return services.inputs.n; }
