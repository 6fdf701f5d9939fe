export default () => undeclared;
