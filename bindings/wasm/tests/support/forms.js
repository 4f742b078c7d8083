/** Unicode's normal forms, as digests that the tests of nexa-core know as well (kernel/normal.rs). */

export const FORMS = {
  NFKC: "54ab84f2aa0cbed6527f9d790fb0a581d479dc71f82c297d8dd341ec02f84932",
  NFKD: "355b364e34bb5385db3c85d98e97098b0519b7849360c4815e9afdec194cfd7f",
};

/** The digests of all characters that have another normal form, in parts that get no more characters. */
export async function forms() {
  const blocks = [
    [0x80, 0x24f],
    [0x1e00, 0x1fff],
    [0x2100, 0x214f],
    [0x3300, 0x33ff],
    [0xf900, 0xfaff],
    [0xfb00, 0xfb4f],
    [0xff00, 0xffef],
    [0x1d400, 0x1d6a5],
    [0x2f800, 0x2fa1f],
  ];
  const digests = {};
  for (const name of ["NFKC", "NFKD"]) {
    let all = "";
    for (const [first, last] of blocks) {
      for (let code = first; code <= last; code += 1) {
        const character = String.fromCodePoint(code);
        const form = character.normalize(name);
        if (form !== character) all += `${character}=${form};`;
      }
    }
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(all));
    digests[name] = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return digests;
}
