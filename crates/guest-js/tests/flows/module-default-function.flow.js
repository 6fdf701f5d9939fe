//: shape module
//: value "run-1/en"
export default async function main(flow) {
  return `${flow.run}/${flow.env.LANG}`;
}
