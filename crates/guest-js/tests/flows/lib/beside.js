export default "beside";
export const root = "root";
