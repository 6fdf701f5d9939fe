// What it was not granted to reach.
export default async (flow) => {
  const response = await fetch(flow.args.url);
  return response.status;
};
