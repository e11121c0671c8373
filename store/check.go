package store

import (
	"time"

	"tacit"
	"tacit/fault"
)

// The limits of tacit.Store, in bytes and pieces.
const (
	MaxKey   = 512
	maxValue = 1 << 20
	maxConds = 128
	maxPuts  = 128
	MaxRange = 4096
	maxTTL   = 24 * time.Hour
)

// Accounts is what the names begin with of all that accounts keep in a node's store,
// each behind its address and a slash.
const Accounts = "kv/"

// CheckName judges the name of a key or lease.
func CheckName(what, name string) error {
	if name == "" {
		return fault.New(fault.APIField, "%s: empty", what)
	}
	if len(name) > MaxKey {
		return fault.Denied(fault.APISize, what, "length", "at most 512 bytes", "more")
	}
	return nil
}

// checkTTL judges how long a lease is to last.
func checkTTL(ttl time.Duration) error {
	if ttl <= 0 || ttl > maxTTL {
		return fault.Denied(fault.APIField, "lease", "ttl", "above 0, at most 24h", ttl.String())
	}
	return nil
}

// checkLease judges the lease that a caller shows.
func checkLease(l tacit.Lease) error {
	if err := CheckName("lease", l.Name); err != nil {
		return err
	}
	if l.ID <= 0 || l.Token <= 0 {
		return fault.New(fault.APIField, "lease %q: no ID or token", l.Name)
	}
	return nil
}

// checkTxn judges the form of a transaction, before anything is done for it.
func checkTxn(txn tacit.Txn) error {
	if len(txn.If) > maxConds || len(txn.Then) > maxPuts {
		return fault.New(fault.APISize, "transaction of %d conditions and %d writes: at most %d and %d", len(txn.If), len(txn.Then), maxConds, maxPuts)
	}
	if len(txn.If) == 0 && len(txn.Then) == 0 && txn.Fence == nil {
		return fault.New(fault.APIField, "transaction: empty")
	}
	for _, c := range txn.If {
		if err := CheckName("condition", c.Key); err != nil {
			return err
		}
		if c.Revision < 0 {
			return fault.New(fault.APIField, "condition on %q: revision %d", c.Key, c.Revision)
		}
	}
	if f := txn.Fence; f != nil {
		if err := CheckName("fence", f.Name); err != nil {
			return err
		}
		if f.Token <= 0 {
			return fault.New(fault.APIField, "fence %q: token %d", f.Name, f.Token)
		}
	}
	seen := make(map[string]bool, len(txn.Then))
	for _, p := range txn.Then {
		if err := CheckName("write", p.Key); err != nil {
			return err
		}
		switch {
		case len(p.Value) > maxValue:
			return fault.New(fault.APISize, "write %q: value of %d bytes: at most %d", p.Key, len(p.Value), maxValue)
		case p.Lease < 0:
			return fault.New(fault.APIField, "write %q: lease %d", p.Key, p.Lease)
		case p.Delete && (len(p.Value) > 0 || p.Lease != 0):
			return fault.New(fault.APIField, "write %q: deletes and gives a value or lease", p.Key)
		case seen[p.Key]:
			return fault.New(fault.APIField, "write %q: twice in one transaction", p.Key)
		}
		seen[p.Key] = true
	}
	return nil
}
