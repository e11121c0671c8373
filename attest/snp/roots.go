package snp

import (
	"embed"

	"tacit/attest"
)

//go:embed roots/*.der
var roots embed.FS

// AMDRoots are the roots that AMD has published for its product lines, for a
// network to pin; nothing here trusts them by itself.
func AMDRoots() []attest.Root {
	var out []attest.Root
	for _, line := range []string{"milan", "genoa", "turin"} {
		der, err := roots.ReadFile("roots/ark-" + line + ".der")
		if err != nil {
			panic(err) // it is embedded
		}
		out = append(out, attest.Root{Scheme: attest.SchemeSNP, DER: der})
	}
	return out
}
