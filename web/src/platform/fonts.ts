// Fonts for scripts that cheap tablets often lack. fonts.css declares them for
// those scripts only, so a browser takes one when a text needs it; taking it
// together with the language makes it ready before the network is gone.

import ethiopic from "fonts:ethiopic.woff2";
import khmer from "fonts:khmer.woff2";
import lao from "fonts:lao.woff2";
import myanmar from "fonts:myanmar.woff2";
import sinhala from "fonts:sinhala.woff2";
import thaana from "fonts:thaana.woff2";

/** The address of the font of a script (ISO 15924). */
export const FONTS: Readonly<Record<string, string>> = {
  Ethi: ethiopic,
  Khmr: khmer,
  Laoo: lao,
  Mymr: myanmar,
  Sinh: sinhala,
  Thaa: thaana,
};
