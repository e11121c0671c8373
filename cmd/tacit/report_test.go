package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"tacit"
	"tacit/attest"
	"tacit/key"
	"tacit/node"
	"tacit/wire"
)

// seatOf is the i-th vote in a proof file and the key of the verifier that cast it,
// which the network of the stories keeps in its home.
func seatOf(ts *testscript.TestScript, file string, i int) (tacit.ProofFile, *key.Signer) {
	var p tacit.ProofFile
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &p))
	who, err := p.Proof.Certificate.Votes[i].Signer(networkOf(ts))
	ts.Check(err)
	files, err := filepath.Glob(filepath.Join(home, "nodes", "*", "node.key"))
	ts.Check(err)
	for _, f := range files {
		if k, err := node.ReadSigner(f); err == nil && k.Address() == who {
			return p, k
		}
	}
	ts.Fatalf("nobody here is %s", who)
	return p, nil
}

func networkOf(ts *testscript.TestScript) wire.Digest {
	n, err := node.ReadNetwork(filepath.Join(home, "network.json"))
	ts.Check(err)
	return n.ID()
}

// twice PROOF OUT writes a proof file in which the first verifier voted otherwise.
func twice(ts *testscript.TestScript, _ bool, args []string) {
	p, by := seatOf(ts, args[0], 0)
	vote := p.Proof.Certificate.Votes[0].Body
	vote.Accept, vote.Code = false, wire.Keccak([]byte("EVID_STALE"))
	p.Proof.Certificate.Votes[0] = tacit.Sign(networkOf(ts), by, vote)
	ts.Check(node.WriteJSON(ts.MkAbs(args[1]), 0o600, p))
}

// accuse PROOF HOW OUT writes a report about how the second verifier voted on the
// evidence of a proof: "rightly" as it did, "cannot" a reject, "blindly" an accept
// of it for other keys.
func accuse(ts *testscript.TestScript, _ bool, args []string) {
	p, by := seatOf(ts, args[0], 1)
	c, vote := p.Proof.Case, p.Proof.Certificate.Votes[1].Body
	switch args[1] {
	case "rightly":
	case "cannot":
		vote.Accept, vote.Code = false, wire.Keccak([]byte("EVID_STALE"))
	case "blindly":
		vote.Keys[0]++
	default:
		ts.Fatalf("how is %s?", args[1])
	}
	ts.Check(node.WriteJSON(ts.MkAbs(args[2]), 0o600, tacit.Dispute{
		Kind: tacit.DisputeEvidence, Against: by.Address(), Votes: []tacit.Signed[tacit.Vote]{tacit.Sign(networkOf(ts), by, vote)}, Tasks: []tacit.Signed[tacit.Task]{c.Task},
		Assignments: []tacit.Assignment{c.Assignment.Body}, Own: append(append([]tacit.Sealed{}, c.Own...), c.Params...), Evidence: []attest.Evidence{c.Evidence},
	}))
}

// reports FOLDER puts the only report of a folder into $REPORT.
func reports(ts *testscript.TestScript, _ bool, args []string) {
	list, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(list) != 1 {
		ts.Fatalf("%d reports, want one", len(list))
	}
	ts.Setenv("REPORT", filepath.Join(args[0], list[0].Name()))
}

// seat PROOF I puts the verifier of the i-th vote in a proof file into $NODE.
func seat(ts *testscript.TestScript, _ bool, args []string) {
	i, err := strconv.Atoi(args[1])
	ts.Check(err)
	_, k := seatOf(ts, args[0], i)
	ts.Setenv("NODE", k.Address().String())
}
