// Package client is what a user and an owner do: seal, publish, pay, submit,
// watch, open and check.
//
// It trusts its own keys and the pinned genesis. What a gateway shows it checks
// against signed headers, what a dispatcher answers against signatures, and a
// result against the proof of the task that it signed itself.
package client

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// Ledger is what a client needs of the chain, with its own account.
type Ledger interface {
	Publish(ctx context.Context, e tacit.Entry) (tacit.Entry, error)
	Deposit(ctx context.Context, dispatcher wire.Address, amount tacit.Money) error
	// Deposited is what the account has on deposit now, and with whom.
	Deposited(ctx context.Context) (tacit.Deposit, error)
	// Wallet is what it could still deposit.
	Wallet(ctx context.Context) (tacit.Money, error)
	SetTerms(ctx context.Context, id, terms wire.Digest, price tacit.Money) (tacit.Entry, error)
	Retire(ctx context.Context, id wire.Digest) (tacit.Entry, error)
}

// Headers is a tacit.Headers that can be waited for.
type Headers interface {
	tacit.Headers
	Wait(ctx context.Context, number uint64) error
	Sync(ctx context.Context) error
	Fresh(ctx context.Context, age time.Duration) error
}

// Config says what a Client needs.
type Config struct {
	Key        *key.Signer
	Headers    Headers
	Gateway    tacit.Gateway
	Manager    tacit.KeyReleaser // that keeps this account's artefacts
	ManagerKey wire.Address
	// Door connects to a manager, of whomever, to talk about terms.
	Door       func(ctx context.Context, manager wire.Address) (tacit.Doorkeeper, error)
	// Keeper connects to a manager, of whomever, for an identity that a next step's input
	// is sealed to.
	Keeper     func(ctx context.Context, manager wire.Address) (tacit.KeyReleaser, error)
	Dispatcher tacit.Dispatcher
	// DispatcherKey is whom tasks and deposits are assigned to.
	DispatcherKey wire.Address
	Blobs         tacit.Blobs
	Ledger        Ledger
	Schemes       attest.Schemes
	Genesis       tacit.Genesis
	Epochs        wire.Address
	// Identity opens results; its recipient stands in every task.
	Identity *age.HybridIdentity
}

// A Client acts for one account.
type Client struct{ cfg Config }

// New checks the configuration and starts nothing.
func New(cfg Config) (*Client, error) {
	if cfg.Key == nil || cfg.Headers == nil || cfg.Gateway == nil || cfg.Blobs == nil || cfg.Ledger == nil || cfg.Identity == nil {
		return nil, fault.New(fault.Internal, "make client: key, headers, gateway, blobs, ledger and identity are all required")
	}
	return &Client{cfg}, nil
}

// seal seals content to a fresh identity of the manager, and to others of the
// same kind, into a temporary file that the caller closes and removes.
func (c *Client) seal(ctx context.Context, subject string, content io.Reader, code bool, also []age.Recipient) (tacit.Sealed, *os.File, error) {
	id, err := c.cfg.Manager.Identity(ctx, tacit.IdentityRequest{Subject: subject})
	if err != nil {
		return tacit.Sealed{}, nil, err
	}
	to, err := age.ParseRecipients(strings.NewReader(id.Recipient))
	if err != nil || len(to) != 1 || id.Manager != c.cfg.ManagerKey {
		return tacit.Sealed{}, nil, fault.New(fault.TLSIdentity, "seal artefact: the manager's recipient is not one of its own")
	}
	f, err := os.CreateTemp("", "tacit-sealed-")
	if err != nil {
		return tacit.Sealed{}, nil, fmt.Errorf("seal artefact: %w", err)
	}
	sealed, err := sealTo(f, content, code, append(to, also...))
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return tacit.Sealed{}, nil, err
	}
	sealed.Manager, sealed.Identity = id.Manager, id.ID
	return sealed, f, nil
}

// sealTo writes an age file and computes what names it.
func sealTo(f *os.File, content io.Reader, code bool, to []age.Recipient) (tacit.Sealed, error) {
	plain := &hashing{}
	w, err := age.Encrypt(f, to...)
	if err != nil {
		return tacit.Sealed{}, fault.New(fault.APIField, "seal artefact: %w", err)
	}
	if _, err := io.Copy(io.MultiWriter(w, plain), content); err != nil {
		return tacit.Sealed{}, fmt.Errorf("seal artefact: %w", err)
	}
	if err := w.Close(); err != nil {
		return tacit.Sealed{}, fmt.Errorf("seal artefact: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return tacit.Sealed{}, fmt.Errorf("seal artefact: %w", err)
	}
	header, err := age.ExtractHeader(f)
	if err != nil {
		return tacit.Sealed{}, fmt.Errorf("seal artefact: %w", err)
	}
	s := tacit.Sealed{Header: wire.Sum(header)}
	if code {
		s.Plain = plain.sum()
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return tacit.Sealed{}, fmt.Errorf("seal artefact: %w", err)
	}
	s.Root, s.Size, err = chunkRoot(f)
	return s, err
}

// A Publication is something to publish.
type Publication struct {
	Name    string // owner/name
	Kind    uint8  // tacit.EntryService or tacit.EntryDataset
	Content io.Reader
	Price   tacit.Money
	Terms   tacit.Terms
	Also    []age.Recipient // further recipients, hybrid like the manager's
}

// Publish seals an artefact, hands its terms to the manager, stores the
// ciphertext and puts the entry into the catalogue.
func (c *Client) Publish(ctx context.Context, p Publication) (tacit.Entry, error) {
	if err := tacit.CheckName(p.Name); err != nil {
		return tacit.Entry{}, err
	}
	if err := p.Terms.Check(); err != nil {
		return tacit.Entry{}, err
	}
	sealed, f, err := c.seal(ctx, p.Name, p.Content, p.Kind == tacit.EntryService, p.Also)
	if err != nil {
		return tacit.Entry{}, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := c.cfg.Manager.SetTerms(ctx, tacit.TermsRequest{Entry: p.Name, Terms: p.Terms}); err != nil {
		return tacit.Entry{}, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return tacit.Entry{}, fmt.Errorf("store artefact: %w", err)
	}
	root, err := c.cfg.Blobs.Put(ctx, f, sealed.Size)
	if err != nil {
		return tacit.Entry{}, err
	}
	if root != sealed.Root {
		return tacit.Entry{}, fault.New(fault.DataCorrupt, "store artefact: the store names it %s, it is %s", root.Short(), sealed.Root.Short())
	}
	return c.cfg.Ledger.Publish(ctx, tacit.Entry{
		ID: tacit.EntryID(p.Name), Name: p.Name, Owner: c.cfg.Key.Address(), Kind: p.Kind, Sealed: sealed, Price: p.Price, Terms: p.Terms.Digest(),
	})
}

// entry finds a catalogue entry by name under a signed header; generation 0 is
// the newest.
func (c *Client) entry(ctx context.Context, name string, generation uint64) (tacit.Entry, error) {
	if err := tacit.CheckName(name); err != nil {
		return tacit.Entry{}, err
	}
	r, err := c.cfg.Gateway.Entry(ctx, tacit.ProofRequest{ID: tacit.EntryID(name)})
	if err != nil {
		return tacit.Entry{}, err
	}
	h, err := c.cfg.Headers.Header(ctx, r.Epoch)
	if err != nil {
		return tacit.Entry{}, err
	}
	e, err := r.Entry.Check(h)
	if err != nil {
		return e, err
	}
	if e.Name != name {
		return e, fault.New(fault.APIName, "find %s: the gateway showed %s", name, e.Name)
	}
	if generation != 0 && e.Generation != generation {
		return e, fault.Denied(fault.KeyGeneration, "find "+name, "generation", fmt.Sprint(generation), fmt.Sprintf("%d is the newest", e.Generation))
	}
	return e, nil
}

// WaitEntry waits until a signed header shows a generation of an entry.
func (c *Client) WaitEntry(ctx context.Context, e tacit.Entry) error {
	for {
		got, err := c.entry(ctx, e.Name, 0)
		if err == nil && got.Generation >= e.Generation {
			return nil
		}
		select {
		case <-ctx.Done():
			return fault.New(fault.KeyFinality, "wait for %s@%d: no signed header shows it: %w", e.Name, e.Generation, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
