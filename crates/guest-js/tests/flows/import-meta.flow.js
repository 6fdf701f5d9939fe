//: shape module
//: value "import-meta.flow.js"
export default import.meta.path;
