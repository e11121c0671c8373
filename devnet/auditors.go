package devnet

import (
	"bytes"
	"slices"

	"tacit/attest"
	"tacit/key"
	"tacit/node"
	"tacit/wire"
)

// auditors are the accounts whose word a network of this machine wants on every
// program, and how many of them it takes.
var auditors = []string{"auditor-1", "auditor-2", "auditor-3"}

const auditorThreshold = 2

// release has auditors sign what the policies refer to. On one machine they look
// at nothing but the files that they are given, by name of the reference.
func (d *Devnet) release(set *attest.PolicySet, sources map[string]wire.Digest) error {
	signers := make([]*key.Signer, len(auditors))
	for i, name := range auditors {
		var err error
		if signers[i], err = node.ReadSigner(d.path("accounts", name+".key")); err != nil {
			return err
		}
		set.Auditors.Keys = append(set.Auditors.Keys, signers[i].Address())
	}
	slices.SortFunc(set.Auditors.Keys, func(a, b wire.Address) int { return bytes.Compare(a[:], b[:]) })
	set.Auditors.Threshold = auditorThreshold
	for _, p := range set.Policies {
		for _, r := range p.References {
			e := attest.SignedRelease{Release: attest.Release{Reference: r, Source: sources[r.Name]}}
			for _, by := range signers[:auditorThreshold] {
				var err error
				if e, err = e.Add(set.Auditors, by); err != nil {
					return err
				}
			}
			set.Releases = append(set.Releases, e)
		}
	}
	return set.CheckReleases()
}
