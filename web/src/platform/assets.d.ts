// What the build gives besides code; see build.mjs.

/** The address of a font that the build has cut down to one script. */
declare module "fonts:*" {
  const address: string;
  export default address;
}

/** Version of the app, from the build. */
declare const APP_VERSION: string;
