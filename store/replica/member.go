package replica

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A Member is one replica of a group.
type Member struct {
	Key     wire.Address  `cbor:"1,keyasint" json:"key"`     // of its own signer, born in its enclave
	Seal    key.Recipient `cbor:"2,keyasint" json:"seal"`    // what the group's keys are sealed to for it
	Address string        `cbor:"3,keyasint" json:"address"` // host:port where its peers reach it
	Learner bool          `cbor:"4,keyasint" json:"learner"` // has no vote
}

// A Membership is an operator's word on who may be in a group. Number grows with
// every Membership of the group; an older one is STORE_GENERATION.
type Membership struct {
	Group   wire.Digest `cbor:"1,keyasint" json:"group"` // random, chosen once
	Number  uint64      `cbor:"2,keyasint" json:"number"`
	Members []Member    `cbor:"3,keyasint" json:"members"` // the first founds the group
}

// Hash is the SHA-256 of the labelled encoding; an operator signs it for a network.
func (m Membership) Hash() wire.Digest { return wire.Hash("tacit/store/membership", m) }

// maxMembers bounds a group: every entry goes to every member.
const maxMembers = 9

// CheckMembership judges a signed membership: form, and that this operator signed it.
func CheckMembership(network wire.Digest, operator wire.Address, signed tacit.Signed[Membership]) (Membership, error) {
	const op = "check membership"
	m, err := signed.Check(network, operator)
	if err != nil {
		return m, err
	}
	voters := 0
	seen := map[string]bool{}
	for _, p := range m.Members {
		if p.Key.IsZero() || len(p.Seal) == 0 || p.Address == "" || len(p.Address) > 256 {
			return m, fault.New(fault.APIField, "%s: a member without key, seal or address", op)
		}
		if seen[p.Key.String()] || seen[p.Address] {
			return m, fault.New(fault.APIField, "%s: member %s is named twice", op, p.Key)
		}
		seen[p.Key.String()], seen[p.Address] = true, true
		if !p.Learner {
			voters++
		}
	}
	switch {
	case m.Group.IsZero() || m.Number == 0:
		return m, fault.New(fault.APIField, "%s: no group or number", op)
	case voters == 0 || len(m.Members) > maxMembers:
		return m, fault.New(fault.APIField, "%s: %d voters, %d members: at least 1 and at most %d", op, voters, len(m.Members), maxMembers)
	case m.Members[0].Learner:
		return m, fault.New(fault.APIField, "%s: the first member must have a vote", op)
	}
	return m, nil
}

// Found makes the first membership of a group; the first member founds it.
func Found(members ...Member) Membership {
	m := Membership{Number: 1, Members: members}
	_, _ = rand.Read(m.Group[:]) // never fails
	return m
}

// find is the member of a key.
func (m Membership) find(k wire.Address) (Member, bool) {
	i := slices.IndexFunc(m.Members, func(p Member) bool { return p.Key == k })
	if i < 0 {
		return Member{}, false
	}
	return m.Members[i], true
}

// voters counts the members with a vote.
func (m Membership) voters() int {
	n := 0
	for _, p := range m.Members {
		if !p.Learner {
			n++
		}
	}
	return n
}

// majority is how many of n voters decide.
func majority(n int) int { return n/2 + 1 }

// serverID is a member as raft names it.
func serverID(k wire.Address) raft.ServerID { return raft.ServerID(k.String()) }

// memberKey is the reverse of serverID.
func memberKey(id raft.ServerID) (wire.Address, error) {
	var a wire.Address
	if err := a.UnmarshalText([]byte(strings.TrimSpace(string(id)))); err != nil {
		return a, fmt.Errorf("read member %q: %w", string(id), err)
	}
	return a, nil
}

// server is a member in raft's configuration.
func (p Member) server() raft.Server {
	s := raft.Server{ID: serverID(p.Key), Address: raft.ServerAddress(p.Address), Suffrage: raft.Voter}
	if p.Learner {
		s.Suffrage = raft.Nonvoter
	}
	return s
}

// configuration is the membership as raft has it.
func (m Membership) configuration() raft.Configuration {
	var c raft.Configuration
	for _, p := range m.Members {
		c.Servers = append(c.Servers, p.server())
	}
	return c
}
