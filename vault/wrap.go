package vault

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

type wrapInfo struct {
	Token    string    `json:"token"`
	Accessor string    `json:"accessor"`
	TTL      int64     `json:"ttl"`
	Created  time.Time `json:"creation_time"`
	Path     string    `json:"creation_path"`
	Wrapped  string    `json:"wrapped_accessor,omitempty"`
}

// A wrapRecord is an answer that is given once, to whoever brings its token.
type wrapRecord struct {
	Body    json.RawMessage `json:"body"`
	Status  int             `json:"status"`
	Path    string          `json:"path"`
	Created time.Time       `json:"created"`
	TTL     time.Duration   `json:"ttl"`
	Expires time.Time       `json:"expires"`
}

// wrapped keeps an answer and gives a token for it instead.
func (v *Vault) wrapped(ctx context.Context, c *call, a *answer) (*answer, error) {
	if a.raw != nil || a.flat != nil || a.wrap != nil {
		return a, nil
	}
	body, err := c.encode(a)
	if err != nil {
		return nil, err
	}
	status := a.status
	wrap, err := v.wrapBody(ctx, c.state, wrapRecord{Body: body, Status: status, Path: c.path, TTL: c.wrap})
	if err != nil {
		return nil, err
	}
	if a.auth != nil {
		wrap.Wrapped = a.auth.Accessor
	}
	return &answer{wrap: wrap}, nil
}

func (v *Vault) wrapBody(ctx context.Context, st *state, w wrapRecord) (*wrapInfo, error) {
	w.Created = time.Now().UTC()
	w.Expires = w.Created.Add(w.TTL)
	b, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	secret := tokenPrefix + base64.RawURLEncoding.EncodeToString(randomBytes(32))
	hash := st.hashOf(secret)
	_, err = v.cfg.Store.Commit(ctx, tacit.Txn{Then: []tacit.Put{
		{Key: keyWrap + hash, Value: b}, {Key: expireKey(w.Expires, "w", hash), Value: []byte{1}},
	}})
	return &wrapInfo{Token: secret, Accessor: hash[:24], TTL: int64(w.TTL.Seconds()), Created: w.Created, Path: w.Path}, err
}

var errWrap = fault.New(fault.VaultToken, "unwrap: wrapping token is not valid or does not exist")

// wrapOf is what a wrapping token stands for; taken removes it, once for all callers.
func (v *Vault) wrapOf(ctx context.Context, st *state, secret string, taken bool) (wrapRecord, error) {
	hash := st.hashOf(secret)
	item, err := v.cfg.Store.Get(ctx, keyWrap+hash)
	if errors.Is(err, fault.APINotFound) {
		return wrapRecord{}, errWrap
	}
	if err != nil {
		return wrapRecord{}, err
	}
	var w wrapRecord
	if err := json.Unmarshal(item.Value, &w); err != nil {
		return wrapRecord{}, fault.New(fault.StoreCorrupt, "read wrapped answer: %w", err)
	}
	if !time.Now().Before(w.Expires) {
		return wrapRecord{}, errWrap
	}
	if !taken {
		return w, nil
	}
	_, err = v.cfg.Store.Commit(ctx, tacit.Txn{
		If:   []tacit.Cond{{Key: item.Key, Revision: item.Revision}},
		Then: []tacit.Put{{Key: item.Key, Delete: true}, {Key: expireKey(w.Expires, "w", hash), Delete: true}},
	})
	if errors.Is(err, fault.StoreConflict) {
		return wrapRecord{}, errWrap
	}
	return w, err
}

// wrapping answers sys/wrapping. The token in the body, or else the caller's own, is
// the wrapping token; who brings it needs no other.
func (v *Vault) wrapping(ctx context.Context, c *call, what string) (*answer, error) {
	if c.op != logical.Update && !(what == "lookup" && c.op == logical.Read) {
		return nil, errUnsupported
	}
	if what == "wrap" {
		if c.wrap == 0 {
			return nil, fault.New(fault.APIField, "wrap: X-Vault-Wrap-TTL is missing")
		}
		return &answer{data: c.data}, nil
	}
	f := logical.FieldsOf(c.data)
	secret := f.Text("token")
	if f.Err() != nil {
		return nil, f.Err()
	}
	if secret == "" {
		secret = c.secret
	}
	w, err := v.wrapOf(ctx, c.state, secret, what != "lookup")
	if err != nil {
		return nil, err
	}
	switch what {
	case "lookup":
		return &answer{data: map[string]any{"creation_path": w.Path, "creation_time": w.Created, "creation_ttl": int64(w.TTL.Seconds())}}, nil
	case "rewrap":
		wrap, err := v.wrapBody(ctx, c.state, wrapRecord{Body: w.Body, Status: w.Status, Path: w.Path, TTL: w.TTL})
		return &answer{wrap: wrap}, err
	}
	return &answer{raw: w.Body, status: w.Status}, nil
}
