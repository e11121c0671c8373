package simulate

import (
	"bytes"
	"fmt"
	"sync"

	"tacit"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A host is the model of a worker with its enclaves: real keys, evidence, grants
// that are really opened, signed leaves. It remembers nothing over a crash.
type host struct {
	p *proc

	mu     sync.Mutex // guards what follows
	places map[string]*place
}

type place struct {
	digest wire.Digest
	req    tacit.LaunchRequest
	reply  tacit.LaunchReply
	seal   *key.Sealer
	sign   *key.Signer
	ran    bool
	leaf   tacit.RunReply
	err    error
}

func placeName(task wire.Digest, attempt uint8) string { return fmt.Sprintf("%s/%d", task, attempt) }

func (h *host) launch(req tacit.LaunchRequest) (tacit.LaunchReply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k, digest := placeName(req.Assignment.Task, req.Assignment.Attempt), wire.Hash("tacit/launch", req)
	if pl := h.places[k]; pl != nil {
		if pl.digest != digest {
			return tacit.LaunchReply{}, fault.New(fault.APIConflict, "launch: this attempt was launched with another request")
		}
		return pl.reply, nil
	}
	w := h.p.w
	seal, err := key.NewSealer()
	if err != nil {
		return tacit.LaunchReply{}, err
	}
	sign, err := key.NewSigner()
	if err != nil {
		return tacit.LaunchReply{}, err
	}
	keys := tacit.EnclaveKeys{Seal: seal.Recipient(), Receipt: sign.Address()}
	at := req.Assignment
	vendor, image := *w.vendor, w.image
	switch h.p.evil {
	case "busy":
		return tacit.LaunchReply{}, fault.New(fault.ResBusy, "launch: busy")
	case "debug":
		vendor.Debug = true // an enclave that its host can look into
	case "image":
		image = wire.Sum([]byte("another image"))
	case "transcript":
		at.Attempt++ // evidence for something else
	case "stale":
		at.Challenges[0] ^= 1
	}
	t := tacit.TranscriptOf(req.Network, at, req.Place, keys, tacit.EpochHeader{Policy: req.Policy, Generation: req.Generation}, req.Challenges, tacit.ManifestOf(req.Artefacts))
	e, err := vendor.Quote(image, sim.ManifestOf(nil, nil), t.Data())
	if err != nil {
		return tacit.LaunchReply{}, err
	}
	pl := &place{digest: digest, req: req, reply: tacit.LaunchReply{Keys: keys, Evidence: e}, seal: seal, sign: sign}
	h.places[k] = pl
	good := h.p.evil == "" || h.p.evil == "withhold" || h.p.evil == "answer"
	w.seen.evidence(e.Digest(), quoted{good: good, assignment: req.Assignment.Hash(), keys: keys.Hash(), worker: h.p.node.Key})
	return pl.reply, nil
}

func (h *host) run(req tacit.RunRequest) (tacit.RunReply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	pl := h.places[placeName(req.Task, req.Attempt)]
	if pl == nil {
		return tacit.RunReply{}, fault.New(fault.APINotFound, "run: the attempt was not launched here")
	}
	if pl.ran {
		return pl.leaf, pl.err
	}
	pl.ran = true
	pl.leaf, pl.err = h.once(pl, req)
	return pl.leaf, pl.err
}

func (h *host) once(pl *place, req tacit.RunRequest) (tacit.RunReply, error) {
	if len(req.Grants) != len(pl.req.Artefacts) {
		return tacit.RunReply{}, fault.New(fault.KeyPolicy, "run: %d grants", len(req.Grants))
	}
	for _, g := range req.Grants {
		if _, err := pl.seal.Open(g.Info(pl.req.Network), g.Sealed); err != nil {
			return tacit.RunReply{}, err
		}
	}
	if h.p.evil == "withhold" {
		return tacit.RunReply{}, fault.New(fault.TaskFailed, "run: the host killed its enclave")
	}
	out := bytes.Repeat(req.Task[:1], 70_000)
	leaf := tacit.Leaf{
		Kind: pl.req.Task.Kind, Task: req.Task, Assignment: pl.req.Assignment.Hash(), Attempt: req.Attempt, Place: req.Place,
		Commitment: wire.Sum(append([]byte("receipt"), req.Task[:]...)), Output: h.p.w.put(out), Exit: uint8(tacit.ExitOK),
	}
	by := pl.sign
	if h.p.evil == "answer" {
		leaf.Commitment = wire.Sum([]byte("a result that nobody computed"))
		by = h.p.key // the host has the enclave's place, not its key
	}
	return tacit.RunReply{Leaf: tacit.Sign(pl.req.Network, by, leaf), Output: tacit.Sealed{Root: leaf.Output, Size: int64(len(out))}}, nil
}
