package tacit

import (
	"context"

	"tacit/wire"
)

// An AccessRequest is a task that waits for an owner's approval of one of his
// entries. Everything in it is what the user signed, or the catalogue's.
type AccessRequest struct {
	ID       wire.Digest  `cbor:"1,keyasint" json:"id"` // of task and entry
	Task     wire.Digest  `cbor:"2,keyasint" json:"task"`
	Entry    string       `cbor:"3,keyasint" json:"entry"`
	User     wire.Address `cbor:"4,keyasint" json:"user"`
	Service  string       `cbor:"5,keyasint" json:"service"`
	Datasets []string     `cbor:"6,keyasint" json:"datasets"` // all of the task, in its order
	Purpose  string       `cbor:"7,keyasint" json:"purpose"`
	Region   string       `cbor:"8,keyasint" json:"region"`
	Level    uint8        `cbor:"9,keyasint" json:"level"`
	Output   uint64       `cbor:"10,keyasint" json:"output"`   // bytes
	Seconds  uint32       `cbor:"11,keyasint" json:"seconds"`  // of running
	Deadline uint64       `cbor:"12,keyasint" json:"deadline"` // block after which the request is void
	Made     uint64       `cbor:"13,keyasint" json:"made"`     // seconds since 1970, of the newest header then
}

// A Standing is an owner's approval of a user with a service for one entry.
type Standing struct {
	ID      wire.Digest  `cbor:"1,keyasint" json:"id"` // of entry, user and service
	Entry   string       `cbor:"2,keyasint" json:"entry"`
	User    wire.Address `cbor:"3,keyasint" json:"user"`
	Service string       `cbor:"4,keyasint" json:"service"`
	Until   uint64       `cbor:"5,keyasint" json:"until"` // seconds since 1970 by the headers, 0 = until it is taken back
}

// AccessID identifies a request of a task for an entry.
func AccessID(task wire.Digest, entry string) wire.Digest {
	return wire.Hash("tacit/access", struct {
		Task  wire.Digest `cbor:"1,keyasint"`
		Entry string      `cbor:"2,keyasint"`
	}{task, entry})
}

// StandingID identifies the standing approval of a user and a service.
func StandingID(entry string, user wire.Address, service string) wire.Digest {
	return wire.Hash("tacit/standing", struct {
		Entry   string       `cbor:"1,keyasint"`
		User    wire.Address `cbor:"2,keyasint"`
		Service string       `cbor:"3,keyasint"`
	}{entry, user, service})
}

// AccessQuery asks for the caller's inbox at a manager.
type AccessQuery struct {
	Entry string `cbor:"1,keyasint"` // only of this entry; empty = of all
}

// An Inbox has the requests that wait for the caller and the approvals of his
// that stand.
type Inbox struct {
	Requests []AccessRequest `cbor:"1,keyasint" json:"requests"`
	Standing []Standing      `cbor:"2,keyasint" json:"standing"`
}

// A Decision is an owner's answer to a request. To deny the ID of a standing
// approval takes it back.
type Decision struct {
	ID      wire.Digest `cbor:"1,keyasint"`
	Approve bool        `cbor:"2,keyasint"`
	For     uint64      `cbor:"3,keyasint"` // seconds that it also stands for this user and service
	Always  bool        `cbor:"4,keyasint"` // it stands until it is taken back
	Reason  string      `cbor:"5,keyasint"` // of a denial, at most 256 bytes; the user sees it
}

// A Trace is the last decision of a manager about a task and an entry.
type Trace struct {
	Task     wire.Digest  `cbor:"1,keyasint" json:"task"`
	Entry    string       `cbor:"2,keyasint" json:"entry"`
	Owner    wire.Address `cbor:"3,keyasint" json:"owner"`
	User     wire.Address `cbor:"4,keyasint" json:"user"`
	Service  string       `cbor:"5,keyasint" json:"service"`
	Step     string       `cbor:"6,keyasint" json:"step"`     // draw or release
	Decision string       `cbor:"7,keyasint" json:"decision"` // allowed, or the code of the denial
	Time     uint64       `cbor:"8,keyasint" json:"time"`     // seconds since 1970, of the newest header then
	Findings []Finding    `cbor:"9,keyasint" json:"findings"`
}

// Redacted is the trace as the user sees it.
func (t Trace) Redacted() Trace {
	t.Findings = Redacted(t.Findings)
	return t
}

// Explanation has the traces of a task that the caller may see: those of his
// entries in full, or, if the task is his, all of them redacted.
type Explanation struct {
	Traces []Trace `cbor:"1,keyasint" json:"traces"`
}

// JudgeRequest asks a manager what it would say to a task of the caller now.
type JudgeRequest struct {
	Epoch        uint64        `cbor:"1,keyasint"` // that the entries are shown under
	Service      ProvenEntry   `cbor:"2,keyasint"`
	Datasets     []ProvenEntry `cbor:"3,keyasint"`
	Requirements Requirements  `cbor:"4,keyasint"`
}

// A Judgement is what a manager would say of one entry of its.
type Judgement struct {
	Entry    string       `cbor:"1,keyasint" json:"entry"`
	Owner    wire.Address `cbor:"2,keyasint" json:"owner"`
	Decision string       `cbor:"3,keyasint" json:"decision"` // allowed, or the code of the denial
	Findings []Finding    `cbor:"4,keyasint" json:"findings"` // redacted
}

// JudgeReply has a judgement for each entry that the manager keeps.
type JudgeReply struct {
	Judgements []Judgement `cbor:"1,keyasint"`
}

// WebhookRequest sets where the caller is told of new requests; empty = nowhere.
type WebhookRequest struct {
	URL string `cbor:"1,keyasint"`
}

// WebhookReply has the key of the messages' signatures. It is shown this once.
type WebhookReply struct {
	Key []byte `cbor:"1,keyasint"`
}

// A Notice is a message for an owner's webhook, made and signed by his manager
// and carried by a gateway, which can drop it and not change it.
type Notice struct {
	URL       string `cbor:"1,keyasint"`
	Body      []byte `cbor:"2,keyasint"` // JSON, at most MostNotice bytes
	Signature string `cbor:"3,keyasint"` // sha256= and the hexadecimal HMAC-SHA-256 of Body
}

// MostNotice bounds the body of a Notice, and MostURL its address.
const (
	MostNotice = 2048
	MostURL    = 512
)

// A Doorkeeper is how owners and users talk with a manager about terms. The
// caller is who the connection says; nobody reads or decides for another.
type Doorkeeper interface {
	// Access shows the caller's inbox.
	Access(ctx context.Context, req AccessQuery) (Inbox, error)
	// Decide answers a request of the caller's inbox; API_NOT_FOUND if it is
	// not there or not there any more.
	Decide(ctx context.Context, req Decision) (Done, error)
	// Explain shows why a task was allowed or denied.
	Explain(ctx context.Context, req TaskRequest) (Explanation, error)
	// Judge answers as Draw would, and changes nothing. Callers who ask too
	// often get RES_BUSY.
	Judge(ctx context.Context, req JudgeRequest) (JudgeReply, error)
	// Webhook sets where the caller is told of requests.
	Webhook(ctx context.Context, req WebhookRequest) (WebhookReply, error)
}

// A Notifier carries notices to webhooks.
type Notifier interface {
	Notify(ctx context.Context, n Notice) (Done, error)
}
