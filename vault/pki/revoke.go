package pki

import (
	"context"
	"crypto"
	"crypto/rand"
	_ "crypto/sha1" // of issuers in requests of OCSP, which most clients send
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

func certKey(n *big.Int) string    { return "c/" + hex.EncodeToString(n.Bytes()) }
func revokedKey(n *big.Int) string { return "r/" + hex.EncodeToString(n.Bytes()) }

const listNumberKey = "listnumber"

// A revocation is what is stored of one.
type revocation struct {
	At  time.Time `json:"at"`
	End time.Time `json:"end"` // of the certificate
}

// A list is a signed list of revoked certificates.
type list struct {
	der  []byte
	made time.Time
	end  time.Time
}

// parseSerial reads pairs of hex with colons or hyphens between them, or none.
func parseSerial(s string) (*big.Int, error) {
	s = strings.NewReplacer(":", "", "-", "").Replace(s)
	b, err := hex.DecodeString(s)
	if err != nil || len(b) == 0 || len(b) > 20 {
		return nil, fault.New(fault.APIField, "read serial number: it is not up to 20 bytes in hex")
	}
	return new(big.Int).SetBytes(b), nil
}

// revoke answers revoke: by serial number, or by a certificate that was not stored.
func (e *Engine) revoke(ctx context.Context, f *logical.Fields) (*logical.Response, error) {
	text, number := f.Text("certificate"), f.Text("serial_number")
	if f.Err() != nil {
		return nil, f.Err()
	}
	if (text == "") == (number == "") {
		return nil, fault.New(fault.APIField, "revoke certificate: give its serial number or the certificate, one of them")
	}
	a, err := e.authorityOf(ctx)
	if err != nil {
		return nil, err
	}
	var cert *x509.Certificate
	if text != "" {
		chain, err := parseChain(text)
		if err != nil {
			return nil, err
		}
		cert = chain[0]
		if cert.CheckSignatureFrom(a.cert) != nil {
			return nil, fault.New(fault.APIField, "revoke certificate: this authority did not sign it")
		}
	} else {
		n, err := parseSerial(number)
		if err != nil {
			return nil, err
		}
		item, err := e.storage.Get(ctx, certKey(n))
		if errors.Is(err, fault.APINotFound) {
			return nil, fault.New(fault.APIField, "revoke certificate: none of this serial number is stored")
		}
		if err != nil {
			return nil, err
		}
		if cert, err = x509.ParseCertificate(item.Value); err != nil {
			return nil, fault.New(fault.StoreCorrupt, "read certificate: %w", err)
		}
	}
	if cert.Equal(a.cert) {
		return nil, fault.New(fault.APIField, "revoke certificate: no authority revokes its own; delete root, and revoke it where it was signed")
	}
	if time.Now().After(cert.NotAfter) {
		return nil, fault.New(fault.APIField, "revoke certificate: it has ended by itself")
	}
	r, err := e.record(ctx, cert.SerialNumber, cert.NotAfter)
	if err != nil {
		return nil, err
	}
	return &logical.Response{Data: map[string]any{"revocation_time": r.At.Unix(), "revocation_time_rfc3339": r.At.Format(time.RFC3339Nano), "state": "revoked"}}, nil
}

// record makes a revocation durable, and the list that does not hold it old. One that
// was recorded stays.
func (e *Engine) record(ctx context.Context, n *big.Int, end time.Time) (revocation, error) {
	r := revocation{At: time.Now().UTC(), End: end}
	b, err := json.Marshal(r)
	if err != nil {
		return r, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.cache.Load()
	_, err = e.storage.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: revokedKey(n)}}, Then: []tacit.Put{{Key: revokedKey(n), Value: b}}})
	c.list.Store(nil) // also after an error: what the store holds then is not known here
	if errors.Is(err, fault.StoreConflict) {
		item, err := e.storage.Get(ctx, revokedKey(n))
		if err != nil {
			return r, err
		}
		return parseRevocation(item.Value)
	}
	return r, err
}

func parseRevocation(b []byte) (r revocation, err error) {
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fault.New(fault.StoreCorrupt, "read revocation: %w", err)
	}
	return r, nil
}

// Revoke implements logical.Engine: at the end of its lease a certificate is revoked.
func (e *Engine) Revoke(ctx context.Context, internal []byte) error {
	n := new(big.Int).SetBytes(internal)
	item, err := e.storage.Get(ctx, certKey(n))
	if errors.Is(err, fault.APINotFound) {
		return nil // tidied
	}
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(item.Value)
	if err != nil {
		return fault.New(fault.StoreCorrupt, "read certificate: %w", err)
	}
	if !time.Now().Before(cert.NotAfter) {
		return nil
	}
	_, err = e.record(ctx, n, cert.NotAfter)
	return err
}

// listOf is the list at hand, or a new one where there is none or half of its life is
// over.
func (e *Engine) listOf(ctx context.Context, fresh bool) (*list, error) {
	valid := func(l *list) bool { return l != nil && time.Now().Before(l.made.Add(l.end.Sub(l.made)/2)) }
	if l := e.cache.Load().list.Load(); !fresh && valid(l) {
		return l, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.cache.Load()
	if l := c.list.Load(); !fresh && valid(l) {
		return l, nil
	}
	a, err := e.loadAuthority(ctx)
	if err != nil {
		return nil, err
	}
	cfg, err := e.crlConfig(ctx)
	if err != nil {
		return nil, err
	}
	number, err := e.nextNumber(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	t := &x509.RevocationList{Number: number, ThisUpdate: now, NextUpdate: now.Add(cfg.Expiry)}
	err = e.each(ctx, "r/", func(i tacit.Item) error {
		b, err := hex.DecodeString(strings.TrimPrefix(i.Key, "r/"))
		if err != nil {
			return fault.New(fault.StoreCorrupt, "read revocation: %w", err)
		}
		r, err := parseRevocation(i.Value)
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: new(big.Int).SetBytes(b), RevocationTime: r.At})
		return err
	})
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateRevocationList(rand.Reader, t, a.cert, a.signer)
	if err != nil {
		return nil, err
	}
	l := &list{der: der, made: now, end: t.NextUpdate}
	c.list.Store(l)
	return l, nil
}

// nextNumber is greater than that of any list before, durably (RFC 5280, 5.2.3).
func (e *Engine) nextNumber(ctx context.Context) (*big.Int, error) {
	item, err := e.storage.Get(ctx, listNumberKey)
	n := int64(0)
	switch {
	case errors.Is(err, fault.APINotFound):
	case err != nil:
		return nil, err
	default:
		if n, err = strconv.ParseInt(string(item.Value), 10, 64); err != nil {
			return nil, fault.New(fault.StoreCorrupt, "read number of a list: %w", err)
		}
	}
	n++
	_, err = e.storage.Commit(ctx, tacit.Txn{
		If: []tacit.Cond{{Key: listNumberKey, Revision: item.Revision}}, Then: []tacit.Put{{Key: listNumberKey, Value: strconv.AppendInt(nil, n, 10)}},
	})
	return big.NewInt(n), err
}

func (e *Engine) rawList(ctx context.Context, text bool) (*logical.Response, error) {
	l, err := e.listOf(ctx, false)
	if err != nil {
		return nil, err
	}
	if text {
		return &logical.Response{Raw: pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: l.der}), Media: "application/x-pem-file"}, nil
	}
	return &logical.Response{Raw: l.der, Media: "application/pkix-crl"}, nil
}

func (e *Engine) rotate(ctx context.Context, _ *logical.Fields) (*logical.Response, error) {
	if _, err := e.listOf(ctx, true); err != nil {
		return nil, err
	}
	return &logical.Response{Data: map[string]any{"success": true}}, nil
}

// cert answers cert/SERIAL, cert/ca, cert/ca_chain and cert/crl.
func (e *Engine) cert(ctx context.Context, name string) (*logical.Response, error) {
	shown := func(text string, at int64, when string) (*logical.Response, error) {
		return &logical.Response{Data: map[string]any{"certificate": text, "revocation_time": at, "revocation_time_rfc3339": when}}, nil
	}
	switch name {
	case "ca", "ca_chain":
		a, err := e.authorityOf(ctx)
		if err != nil {
			return nil, err
		}
		if name == "ca" {
			return shown(certPEM(a.cert.Raw), 0, "")
		}
		return shown(strings.Join(a.chainPEM(), "\n"), 0, "")
	case "crl":
		l, err := e.listOf(ctx, false)
		if err != nil {
			return nil, err
		}
		return shown(pemOf("X509 CRL", l.der), 0, "")
	}
	name, raw := strings.CutSuffix(name, "/raw")
	name, text := strings.CutSuffix(name, "/raw/pem")
	n, err := parseSerial(name)
	if err != nil {
		return nil, err
	}
	item, err := e.storage.Get(ctx, certKey(n))
	if errors.Is(err, fault.APINotFound) {
		return nil, errNoPath
	}
	if err != nil {
		return nil, err
	}
	switch {
	case raw:
		return &logical.Response{Raw: item.Value, Media: "application/pkix-cert"}, nil
	case text:
		return &logical.Response{Raw: []byte(certPEM(item.Value)), Media: "application/pem-certificate-chain"}, nil
	}
	r, err := e.revocationOf(ctx, n)
	if err != nil || r == nil {
		if err != nil {
			return nil, err
		}
		return shown(certPEM(item.Value), 0, "")
	}
	return shown(certPEM(item.Value), r.At.Unix(), r.At.Format(time.RFC3339Nano))
}

// revocationOf is nil if a certificate is not revoked.
func (e *Engine) revocationOf(ctx context.Context, n *big.Int) (*revocation, error) {
	item, err := e.storage.Get(ctx, revokedKey(n))
	if errors.Is(err, fault.APINotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := parseRevocation(item.Value)
	return &r, err
}

// serials lists what is stored, as serial numbers are written.
func (e *Engine) serials(ctx context.Context) (*logical.Response, error) {
	res, err := e.names(ctx, "c/")
	if err != nil {
		return nil, err
	}
	keys := res.Data["keys"].([]string)
	for i, k := range keys {
		b, err := hex.DecodeString(k)
		if err != nil {
			return nil, fault.New(fault.StoreCorrupt, "read certificate: %w", err)
		}
		keys[i] = serialText(new(big.Int).SetBytes(b))
	}
	return res, nil
}

// tidy removes what ended some time ago: certificates that are stored, and revocations,
// which the list needs no more.
func (e *Engine) tidy(ctx context.Context, f *logical.Fields) (*logical.Response, error) {
	buffer := 72 * time.Hour
	if f.Has("safety_buffer") {
		buffer = f.Duration("safety_buffer")
	}
	certs, revoked := f.Bool("tidy_cert_store"), f.Bool("tidy_revoked_certs")
	if f.Err() != nil {
		return nil, f.Err()
	}
	before := time.Now().Add(-buffer)
	removed := map[string]any{"cert_store_deleted_count": 0, "revoked_cert_deleted_count": 0}
	sweep := func(prefix, count string, end func([]byte) (time.Time, error)) error {
		var puts []tacit.Put
		n := 0
		flush := func(least int) error {
			if len(puts) < least {
				return nil
			}
			_, err := e.storage.Commit(ctx, tacit.Txn{Then: puts})
			n, puts = n+len(puts), nil
			removed[count] = n
			return err
		}
		err := e.each(ctx, prefix, func(i tacit.Item) error {
			at, err := end(i.Value)
			if err != nil || at.After(before) {
				return err
			}
			puts = append(puts, tacit.Put{Key: i.Key, Delete: true})
			return flush(100)
		})
		return errors.Join(err, flush(1))
	}
	var err error
	if certs {
		err = sweep("c/", "cert_store_deleted_count", func(b []byte) (time.Time, error) {
			c, err := x509.ParseCertificate(b)
			if err != nil {
				return time.Time{}, fault.New(fault.StoreCorrupt, "read certificate: %w", err)
			}
			return c.NotAfter, nil
		})
	}
	if revoked {
		err = errors.Join(err, sweep("r/", "revoked_cert_deleted_count", func(b []byte) (time.Time, error) {
			r, err := parseRevocation(b)
			return r.End, err
		}))
	}
	if err != nil {
		return nil, err
	}
	return &logical.Response{Data: removed}, nil
}

// requestOCSPMost bounds a request of OCSP, of which only the first certificate is
// answered.
const requestOCSPMost = 4 << 10

// ocsp answers the state of a certificate (RFC 6960), signed by the authority itself.
// One that is not stored is unknown, also one of a role that stores nothing.
func (e *Engine) ocsp(ctx context.Context, req *logical.Request, encoded string) (*logical.Response, error) {
	der := req.Body
	switch {
	case req.Operation == logical.Read && encoded != "":
		var err error
		if der, err = base64.StdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(encoded)); err != nil {
			return ocspAnswer(ocsp.MalformedRequestErrorResponse), nil
		}
	case req.Operation != logical.Update || encoded != "":
		return nil, errOperation
	}
	q, err := ocsp.ParseRequest(der)
	if err != nil || len(der) > requestOCSPMost {
		return ocspAnswer(ocsp.MalformedRequestErrorResponse), nil
	}
	a, err := e.authorityOf(ctx)
	if errors.Is(err, errNoAuthority) {
		return ocspAnswer(ocsp.UnauthorizedErrorResponse), nil
	}
	if err != nil {
		return nil, err
	}
	if !a.is(q) {
		return ocspAnswer(ocsp.UnauthorizedErrorResponse), nil
	}
	cfg, err := e.crlConfig(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	t := ocsp.Response{Status: ocsp.Unknown, SerialNumber: q.SerialNumber, ThisUpdate: now, NextUpdate: now.Add(cfg.OCSPExpiry), IssuerHash: q.HashAlgorithm}
	r, err := e.revocationOf(ctx, q.SerialNumber)
	switch {
	case err != nil:
		return nil, err
	case r != nil:
		t.Status, t.RevokedAt, t.RevocationReason = ocsp.Revoked, r.At, ocsp.Unspecified
	default:
		_, err := e.storage.Get(ctx, certKey(q.SerialNumber))
		if err == nil {
			t.Status = ocsp.Good
		} else if !errors.Is(err, fault.APINotFound) {
			return nil, err
		}
	}
	signed, err := ocsp.CreateResponse(a.cert, a.cert, t, a.signer)
	if err != nil {
		return nil, err
	}
	return ocspAnswer(signed), nil
}

func ocspAnswer(der []byte) *logical.Response {
	return &logical.Response{Raw: der, Media: "application/ocsp-response"}
}

// is reports whether a request is about certificates of this authority.
func (a *authority) is(q *ocsp.Request) bool {
	if !q.HashAlgorithm.Available() || q.SerialNumber.Sign() <= 0 {
		return false
	}
	var spki struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(a.cert.RawSubjectPublicKeyInfo, &spki); err != nil {
		return false
	}
	sum := func(h crypto.Hash, b []byte) string {
		d := h.New()
		d.Write(b)
		return string(d.Sum(nil))
	}
	return sum(q.HashAlgorithm, a.cert.RawSubject) == string(q.IssuerNameHash) && sum(q.HashAlgorithm, spki.Key.RightAlign()) == string(q.IssuerKeyHash)
}
