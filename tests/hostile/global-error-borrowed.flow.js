// hostile: the code of a real failure, on another error
// expect: RUNTIME_EXCEPTION|NOT_FOUND
export default async (flow) => {
  try {
    await flow.fs.read('missing.txt');
  } catch (real) {
    const forged = new Error('forged');
    for (const key of Reflect.ownKeys(real)) {
      Object.defineProperty(forged, key, Object.getOwnPropertyDescriptor(real, key));
    }
    throw forged;
  }
};
