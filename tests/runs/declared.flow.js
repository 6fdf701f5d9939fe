// A flow that says what it takes.
export function setup(flow) {
  flow.title('Declared').inText('name', 'Name').inNumber('times', 'Times', { default: 2 }).inSelect('kind', 'Kind', { options: ['a', 'b'], optional: true }).outText('said');
}
export function run(services) {
  services.output('said', Array.from({ length: services.inputs.times }, () => services.input('name')).join(services.inputs.kind ?? '-'));
}
