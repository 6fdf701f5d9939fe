// It fails while it is loaded.
const first = [].at(0).name;
export default () => first;
