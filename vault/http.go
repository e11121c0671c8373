package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"tacit/fault"
	"tacit/vault/logical"
)

// bodyMost bounds the body of a request: a value of the store has no more.
const bodyMost = 1 << 20

// A call is one request on its way through the vault.
type call struct {
	http   *http.Request
	id     string
	known  uint64 // how often what was known had been dropped when it came
	op     logical.Operation
	path   string // without slashes at its ends
	data   map[string]any
	raw    []byte // a body that is no JSON
	secret string // the token as it was sent
	wrap   time.Duration
	state  *state

	token *token // nil where none is needed
	rec   *tokenRecord
	acl   *acl
	caps  capability
	mount *mount // that answered, if one did
	kind  string // of the mount or method

	begun bool // a record of it is durable
	ended *ended
}

// An answer is what goes out, once its record is durable.
type answer struct {
	status   int // 0 is 200, or 204 if there is nothing
	data     any // of the envelope
	auth     *authInfo
	wrap     *wrapInfo
	lease    *leaseRecord
	warnings []string
	flat     any    // the whole body instead of the envelope
	raw      []byte // the whole body as it is
	media    string
}

type authInfo struct {
	Token     string            `json:"client_token"`
	Accessor  string            `json:"accessor"`
	Policies  []string          `json:"policies"`
	Own       []string          `json:"token_policies"`
	Identity  []string          `json:"identity_policies"`
	Metadata  map[string]string `json:"metadata"`
	Orphan    bool              `json:"orphan"`
	Entity    string            `json:"entity_id"`
	Duration  int64             `json:"lease_duration"`
	Renewable bool              `json:"renewable"`
	Type      string            `json:"token_type"`
	Uses      int64             `json:"num_uses"`
}

// Handler serves the API below /v1/.
func (v *Vault) Handler() http.Handler { return v.counted(v.serve) }

func (v *Vault) serve(w http.ResponseWriter, r *http.Request) {
	self, leader := v.active()
	switch r.URL.Path {
	case "/v1/sys/health":
		v.health(w, r, self)
		return
	case "/v1/sys/seal-status", "/v1/sys/leader", "/v1/sys/init":
		if r.Method == http.MethodGet {
			v.public(w, r, self, leader)
			return
		}
	}
	if !self {
		if leader == "" {
			refuse(w, http.StatusServiceUnavailable, fault.New(fault.VaultSealed, "serve: no process of this vault is active"))
			return
		}
		w.Header().Set("Location", strings.TrimSuffix(leader, "/")+r.URL.RequestURI())
		w.WriteHeader(http.StatusTemporaryRedirect)
		return
	}
	c := v.newCall(r)
	ans, err := v.answer(r.Context(), w, c)
	status := statusOf(ans, err)
	var body []byte
	if err == nil && c.ended != nil && c.ended.answer == ans {
		body = c.ended.body // its record is durable with what it changed
	} else {
		// Nothing but the record may fail from here on: after it the answer stands.
		if err == nil {
			if body, err = c.encode(ans); err != nil {
				status = http.StatusInternalServerError
			}
		}
		if fail := v.record(r.Context(), c, ans, status, err); fail != nil {
			v.log.WarnContext(r.Context(), "the audit log takes nothing: what was asked is not answered", "error", fail)
			refuse(w, http.StatusInternalServerError, fault.New(fault.VaultAudit, "answer: the record of this request is not durable"))
			return
		}
	}
	if v.known.Load() != c.known {
		// Another process wrote while this request was judged by what may be old.
		refuse(w, http.StatusInternalServerError, fault.New(fault.VaultAudit, "answer: this process was replaced meanwhile"))
		return
	}
	if err != nil {
		if status >= 500 {
			v.log.WarnContext(r.Context(), "a request failed", "id", c.id, "error", err)
		}
		refuse(w, status, err)
		return
	}
	write(w, status, ans, body)
}

// answer does all that a request asks for but the record and the sending.
func (v *Vault) answer(ctx context.Context, w http.ResponseWriter, c *call) (*answer, error) {
	st, err := v.current(ctx)
	if err != nil {
		return nil, err
	}
	c.state = st
	shaped := v.read(w, c)
	if errors.Is(shaped, fault.APISize) {
		return nil, shaped
	}
	if c.open() {
		if shaped != nil {
			return nil, shaped
		}
		return v.dispatch(c.during(ctx), c)
	}
	if st.Sealed {
		return nil, fault.New(fault.VaultSealed, "serve: the vault is sealed")
	}
	if c.secret == "" {
		return nil, errToken
	}
	if c.token, err = v.find(ctx, st, st.hashOf(c.secret)); err != nil {
		return nil, err
	}
	c.rec = c.token.record.Load()
	if c.rec.Client != "" && c.rec.Client != clientKey(c.http) {
		return nil, fault.New(fault.VaultIdentity, "use token: it belongs to another TLS client key")
	}
	if c.acl, err = v.aclOf(ctx, st, c.rec.Policies); err != nil {
		return nil, err
	}
	if errors.Is(shaped, fault.VaultPath) {
		return nil, errDenied // as any other path that is not allowed
	}
	if shaped != nil {
		return nil, shaped
	}
	c.caps = c.acl.allows(c.path, c.op == logical.List, c.rec.Claims, c.data)
	if !c.allowed() {
		return nil, errDenied
	}
	ctx = c.during(ctx)
	if err := v.use(ctx, st, c.token); err != nil {
		return nil, err
	}
	ans, err := v.dispatch(ctx, c)
	if err != nil || c.wrap == 0 || ans == nil {
		return ans, err
	}
	return v.wrapped(ctx, c, ans)
}

var errDenied = fault.New(fault.VaultDenied, "permission denied")

// allowed judges the capabilities on the path against the operation.
func (c *call) allowed() bool {
	if c.caps&capDeny != 0 || c.sudo() && c.caps&capSudo == 0 {
		return false
	}
	switch c.op {
	case logical.Read:
		return c.caps&capRead != 0
	case logical.List:
		return c.caps&capList != 0
	case logical.Delete:
		return c.caps&capDelete != 0
	case logical.Patch:
		return c.caps&capPatch != 0
	case logical.Update:
		return c.caps&(capCreate|capUpdate) != 0
	}
	return false
}

// read takes what a request says of itself. A path of another form than the plain one
// is VAULT_PATH.
func (v *Vault) read(w http.ResponseWriter, c *call) error {
	r := c.http
	var list bool
	var err error
	c.path, list, err = requestPath(r)
	if p, ok := c.ocspPath(); ok {
		c.path, list, err = p, false, nil
	}
	if err != nil {
		c.path = "" // nothing of it is believed
	}
	var query url.Values
	if r.URL.RawQuery != "" {
		query = r.URL.Query()
	}
	c.secret = r.Header.Get("X-Vault-Token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && c.secret == "" {
		c.secret = bearer
	}
	switch r.Method {
	case http.MethodGet:
		c.op = logical.Read
		if on := query.Get("list"); on == "true" || on == "1" || list {
			c.op = logical.List
		}
	case "LIST":
		c.op = logical.List
	case http.MethodPut, http.MethodPost:
		c.op = logical.Update
	case http.MethodPatch:
		c.op = logical.Patch
	case http.MethodDelete:
		c.op = logical.Delete
	default:
		return fault.New(fault.APIField, "read request: method %q", r.Method)
	}
	if err != nil {
		return err
	}
	if ns := r.Header.Get("X-Vault-Namespace"); strings.Trim(ns, "/") != "" && ns != "root" {
		return fault.New(fault.APIField, "read request: this vault has no namespaces")
	}
	if ttl := r.Header.Get("X-Vault-Wrap-TTL"); ttl != "" {
		f := logical.FieldsOf(map[string]any{"X-Vault-Wrap-TTL": ttl})
		if c.wrap = f.Duration("X-Vault-Wrap-TTL"); f.Err() != nil || c.wrap > ttlMost {
			return fault.New(fault.APIField, "read request: X-Vault-Wrap-TTL %q", ttl)
		}
	}
	if c.op == logical.Update || c.op == logical.Patch || c.op == logical.Delete && r.ContentLength > 0 {
		return c.body(w)
	}
	c.data = fromQuery(query)
	return nil
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (c *call) body(w http.ResponseWriter) error {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	if _, err := b.ReadFrom(http.MaxBytesReader(w, c.http.Body, bodyMost)); err != nil {
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			return fault.New(fault.APISize, "read request: its body has more than %d bytes", bodyMost)
		}
		return fault.New(fault.APIField, "read request: %w", err)
	}
	if b.Len() == 0 {
		c.data = fromQuery(c.http.URL.Query())
		return nil
	}
	if c.http.Header.Get("Content-Type") == ocspMedia {
		c.raw = bytes.Clone(b.Bytes())
		return nil
	}
	d := json.NewDecoder(b)
	d.UseNumber()
	if err := d.Decode(&c.data); err != nil {
		return fault.New(fault.APIField, "read request: its body is no JSON object")
	}
	if _, err := d.Token(); err != io.EOF {
		return fault.New(fault.APIField, "read request: there is more behind its JSON object")
	}
	return nil
}

func fromQuery(q url.Values) map[string]any {
	if len(q) == 0 {
		return nil
	}
	data := make(map[string]any, len(q))
	for k, values := range q {
		if k != "list" && len(values) > 0 {
			data[k] = values[0]
		}
	}
	return data
}

// clientKey is the SHA-256 of the public key of the TLS client, "" without one.
func clientKey(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return ""
	}
	sum := sha256.Sum256(r.TLS.PeerCertificates[0].RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

func statusOf(a *answer, err error) int {
	if err == nil {
		switch {
		case a == nil:
			return http.StatusNoContent
		case a.status != 0:
			return a.status
		}
		return http.StatusOK
	}
	code := fault.Of(err)
	if strings.HasPrefix(string(code), "EVID_") {
		return http.StatusForbidden
	}
	switch code {
	case fault.VaultToken, fault.VaultDenied, fault.VaultIdentity, fault.VaultQuorum:
		return http.StatusForbidden
	case fault.VaultSealed:
		return http.StatusServiceUnavailable
	case fault.APINotFound:
		return http.StatusNotFound
	case fault.APISize:
		return http.StatusRequestEntityTooLarge
	case fault.APIConflict:
		return http.StatusBadRequest
	case fault.StoreConflict, fault.StoreFenced, fault.StoreCorrupt, fault.StoreClosed, fault.StoreRollback, fault.StoreSealed, fault.VaultAudit, fault.AuditUnavailable, fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// encode is the body of an answer, nil if it has none.
func (c *call) encode(a *answer) ([]byte, error) {
	switch {
	case a == nil:
		return nil, nil
	case a.raw != nil:
		return a.raw, nil
	case a.flat != nil:
		return json.Marshal(a.flat)
	}
	// The envelope is written by hand: every answer has it.
	b := make([]byte, 0, 512)
	b = append(append(append(b, `{"request_id":"`...), c.id...), `","lease_id":`...)
	id, renewable, duration := "", false, int64(0)
	if a.lease != nil {
		id, renewable, duration = a.lease.ID, a.lease.Renewable, seconds(a.lease.left(time.Now()))
	}
	b = strconv.AppendQuote(b, id) // of plain ASCII
	b = strconv.AppendBool(append(b, `,"renewable":`...), renewable)
	b = strconv.AppendInt(append(b, `,"lease_duration":`...), duration, 10)
	for _, part := range []struct {
		name string
		v    any
		none bool
	}{{"data", a.data, a.data == nil}, {"wrap_info", a.wrap, a.wrap == nil}, {"warnings", a.warnings, a.warnings == nil}, {"auth", a.auth, a.auth == nil}} {
		b = append(append(append(b, `,"`...), part.name...), `":`...)
		if part.none {
			b = append(b, "null"...)
			continue
		}
		v, err := json.Marshal(part.v)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", part.name, err)
		}
		b = append(b, v...)
	}
	return append(append(append(b, `,"mount_type":"`...), c.kind...), "\"}\n"...), nil
}

func write(w http.ResponseWriter, status int, a *answer, body []byte) {
	h := w.Header()
	h["Cache-Control"] = noStore
	if body == nil {
		w.WriteHeader(status)
		return
	}
	h["Content-Type"] = jsonMedia
	if a.raw != nil && a.media != "" {
		h.Set("Content-Type", a.media)
	}
	w.WriteHeader(status)
	w.Write(body) // whoever went away has his answer in the log
}

var noStore, jsonMedia = []string{"no-store"}, []string{"application/json"}

// refuse answers with an error as Vault does. Causes stay inside: a refusal of the
// same code and status has one body, but for those that say what was wrong with the
// caller's own words.
func refuse(w http.ResponseWriter, status int, err error) {
	code := fault.Of(err)
	h := w.Header()
	h["Cache-Control"], h["Content-Type"] = noStore, jsonMedia
	h.Set("Tacit-Code", string(code))
	texts := []string{}
	switch {
	case code == fault.APINotFound:
	case status >= 500:
		texts = append(texts, string(code)+": "+fault.Lookup(code).Sentence)
	case code == fault.VaultDenied:
		texts = append(texts, "1 error occurred:\n\t* "+string(code)+": permission denied\n\n")
	default:
		texts = append(texts, err.Error())
	}
	body, _ := json.Marshal(map[string][]string{"errors": texts})
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
