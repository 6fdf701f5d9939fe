// Calls of tools, which the engine decides.
export default async (flow) => {
  const { tool, input, catches = false } = flow.args;
  try {
    const value = await flow.call(tool, input);
    return tool === 'ls' ? value.entries.map(({ path }) => path) : tool === 'read' ? value.content : tool === 'stat' ? [value.path, value.hash, value.size] : tool === 'search' ? value.matches?.length : Object.keys(value).sort();
  } catch (error) {
    if (!catches) throw error;
    return [error.name, error.code, error.hint];
  }
};
