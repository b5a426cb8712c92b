// The server's statement of the intake key: a JWS in compact form, signed with
// the trust key that the tablet was enrolled with. Whoever could put another
// intake key in its place, on the way or in the storage, could read every
// interview from then on (TAB-8).

import { fromBase64url, textOf, utf8 } from "./bytes.ts";
import { RefusedError } from "./types.ts";

export interface IntakeKey {
  readonly kid: string;
  readonly agency: string;
  readonly jwk: JsonWebKey;
  /** The last day on which an interview is begun with it. */
  readonly expires: string;
}

/** Reads a statement; refuses one that the trust key did not sign for this agency. */
export async function readStatement(
  crypto: Crypto,
  statement: string,
  trust: JsonWebKey | undefined,
  agency: string,
): Promise<IntakeKey> {
  try {
    const [header, payload, signature, ...more] = statement.split(".");
    if (!trust || !header || !payload || !signature || more.length > 0) throw new Error("not a signed statement");
    const { alg, crit } = JSON.parse(textOf(fromBase64url(header))) as { alg?: unknown; crit?: unknown };
    if (alg !== "ES256" || crit !== undefined) throw new Error("signed in another way");
    const { x, y } = trust;
    const key = await crypto.subtle.importKey(
      "jwk",
      { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" },
      { name: "ECDSA", namedCurve: "P-256" },
      false,
      ["verify"],
    );
    const by = { name: "ECDSA", hash: "SHA-256" };
    if (!(await crypto.subtle.verify(by, key, fromBase64url(signature), utf8(`${header}.${payload}`)))) {
      throw new Error("not signed by the trust key");
    }
    const intake = JSON.parse(textOf(fromBase64url(payload))) as IntakeKey;
    if (intake.agency !== agency || typeof intake.kid !== "string" || !/^\d{4}-\d\d-\d\d$/.test(intake.expires)) {
      throw new Error("the statement is not for this agency");
    }
    return intake;
  } catch (error) {
    throw new RefusedError("no_intake_key", { cause: error });
  }
}
