package vault

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"tacit/fault"
)

// record writes what was asked and what is about to be answered into the audit log
// and returns once it is durable.
func (v *Vault) record(ctx context.Context, c *call, a *answer, status int, cause error) error {
	return v.cfg.Audit.Append(ctx, v.recordOf(c, a, status, cause))
}

// recordOf is the record of what was asked and what is about to be answered; a status
// of 100 says that something is about to be changed. Of values it holds HMACs, under a
// key of this vault alone, which sys/audit-hash makes of a value that somebody looks for.
func (v *Vault) recordOf(c *call, a *answer, status int, cause error) []byte {
	r := recordBuffers.Get().(*recorder)
	defer recordBuffers.Put(r)
	r.b = r.b[:0]
	r.pool = nil
	if c.state != nil {
		r.pool = &c.state.caches.macs
	}
	r.b = append(r.b, `{"time":"`...)
	r.b = time.Now().UTC().AppendFormat(r.b, time.RFC3339Nano)
	r.raw(`","id":"`, c.id, `","op":"`, string(c.op), `","status":`, strconv.Itoa(status))
	if code := fault.Of(cause); code != "" {
		r.raw(`,"code":"`, string(code), `"`)
	}
	r.b = append(r.b, `,"path":`...)
	if v.cfg.HidePaths {
		r.value(c.path)
	} else {
		r.text(c.path)
	}
	if c.http.RemoteAddr != "" {
		r.b = append(r.b, `,"remote":`...)
		r.text(c.http.RemoteAddr)
	}
	if c.rec != nil {
		r.b = append(r.b, `,"accessor":`...)
		r.value(c.rec.Accessor)
		r.b = append(r.b, `,"entity":`...)
		r.text(c.rec.Entity)
		r.b = append(r.b, `,"policies":[`...)
		for i, p := range c.rec.Policies {
			if i > 0 {
				r.b = append(r.b, ',')
			}
			r.text(p)
		}
		allowed := c.caps != 0 && c.allowed()
		r.raw(`],"allowed":`, strconv.FormatBool(allowed))
	}
	if len(c.data) > 0 {
		r.b = append(r.b, `,"request":`...)
		r.value(c.data)
	}
	if a != nil && cause == nil {
		r.answer(a)
	}
	r.b = append(r.b, '}')
	return slices.Clone(r.b)
}

func (r *recorder) answer(a *answer) {
	if a.data != nil {
		r.b = append(r.b, `,"response":`...)
		r.value(a.data)
	}
	if a.raw != nil {
		r.b = append(r.b, `,"body":`...)
		r.value(string(a.raw))
	}
	if a.auth != nil {
		r.b = append(r.b, `,"auth":`...)
		r.value(map[string]any{"token": a.auth.Token, "accessor": a.auth.Accessor})
	}
	if a.wrap != nil {
		r.b = append(r.b, `,"wrapped":`...)
		r.value(a.wrap.Token)
	}
	if a.lease != nil {
		r.b = append(r.b, `,"lease":`...)
		r.text(a.lease.ID)
	}
}

// A recorder writes one record.
type recorder struct {
	b    []byte
	pool *sync.Pool
}

var recordBuffers = sync.Pool{New: func() any { return new(recorder) }}

func (r *recorder) raw(parts ...string) {
	for _, p := range parts {
		r.b = append(r.b, p...)
	}
}

func (r *recorder) text(s string) {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			b, _ := json.Marshal(s)
			r.b = append(r.b, b...)
			return
		}
	}
	r.b = append(r.b, '"')
	r.b = append(r.b, s...)
	r.b = append(r.b, '"')
}

// value writes a value with everything in it that is no name as an HMAC.
func (r *recorder) value(v any) {
	switch v := v.(type) {
	case nil:
		r.b = append(r.b, "null"...)
	case string:
		r.hash(v)
	case json.Number:
		r.hash(string(v))
	case json.RawMessage:
		var tree any
		d := json.NewDecoder(bytes.NewReader(v))
		d.UseNumber()
		if d.Decode(&tree) != nil {
			tree = string(v)
		}
		r.value(tree)
	case map[string]any:
		r.b = append(r.b, '{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				r.b = append(r.b, ',')
			}
			r.text(k)
			r.b = append(r.b, ':')
			r.value(v[k])
		}
		r.b = append(r.b, '}')
	case []any:
		r.b = append(r.b, '[')
		for i, e := range v {
			if i > 0 {
				r.b = append(r.b, ',')
			}
			r.value(e)
		}
		r.b = append(r.b, ']')
	case []byte:
		r.hash(string(v))
	case int:
		r.hash(strconv.Itoa(v))
	case int64:
		r.hash(strconv.FormatInt(v, 10))
	default:
		// What is left are the vault's own structures, and numbers and booleans.
		b, err := json.Marshal(v)
		if err != nil {
			b = fmt.Append(nil, err)
		}
		r.hash(string(b))
	}
}

func (r *recorder) hash(s string) {
	if r.pool == nil {
		r.b = append(r.b, `"-"`...)
		return
	}
	sum := mac(r.pool, s)
	r.b = append(r.b, `"hmac-sha256:`...)
	r.b = hex.AppendEncode(r.b, sum[:])
	r.b = append(r.b, '"')
}
