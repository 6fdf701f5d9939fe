import { a } from "./cycle-a.js";
export const b = "b";
export const back = () => b + a;
