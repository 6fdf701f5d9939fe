// Chance and time are the run's own.
export default (flow) => [Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(4))], new Date().toISOString(), flow.args.n];
