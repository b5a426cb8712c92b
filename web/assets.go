// Package web embeds the built app: what a browser is served at "/".
//
// The folder is built by Node (see build.mjs) and is not committed. Of a
// checkout where nothing was built only a note is embedded; the server then
// says how to build it. Nothing may be imported here but the standard library.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:built
var folder embed.FS

// App is the folder of the built app. It has no index.html when nothing was
// built.
func App() fs.FS {
	app, err := fs.Sub(folder, "built")
	if err != nil {
		panic("web: " + err.Error()) // the path is a constant
	}
	return app
}
