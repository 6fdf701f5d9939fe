/** The SHA-256 of each guest, in hexadecimal (`web/build/guests.ts`). */
declare module "virtual:guests" {
  const hashes: Record<"guest-js" | "guest-py" | "guest-ruff", string>;
  export default hashes;
}
