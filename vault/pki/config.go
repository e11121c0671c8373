package pki

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

const (
	urlsKey = "config/urls"
	crlKey  = "config/crl"
)

// urls are what certificates say of where their authority is found.
type urls struct {
	Issuing []string `json:"issuing_certificates"`
	CRL     []string `json:"crl_distribution_points"`
	OCSP    []string `json:"ocsp_servers"`
}

// A crlConfig says how long lists and answers of OCSP may be kept.
type crlConfig struct {
	Expiry     time.Duration `json:"expiry"`
	OCSPExpiry time.Duration `json:"ocsp_expiry"`
}

// config reads what is stored under a key into v, which stays as it is without one.
func (e *Engine) config(ctx context.Context, key string, v any) error {
	item, err := e.storage.Get(ctx, key)
	if errors.Is(err, fault.APINotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(item.Value, v); err != nil {
		return fault.New(fault.StoreCorrupt, "read configuration of pki: %w", err)
	}
	return nil
}

func (e *Engine) setConfig(ctx context.Context, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = e.storage.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: key, Value: b}}})
	return err
}

func (e *Engine) addURLs(ctx context.Context, t *x509.Certificate) error {
	var u urls
	err := e.config(ctx, urlsKey, &u)
	t.IssuingCertificateURL, t.CRLDistributionPoints, t.OCSPServer = u.Issuing, u.CRL, u.OCSP
	return err
}

func (u urls) shown() map[string]any {
	list := func(l []string) []string { return append([]string{}, l...) }
	return map[string]any{"issuing_certificates": list(u.Issuing), "crl_distribution_points": list(u.CRL), "ocsp_servers": list(u.OCSP), "enable_templating": false}
}

func (e *Engine) showURLs(ctx context.Context, _ *logical.Fields) (*logical.Response, error) {
	var u urls
	err := e.config(ctx, urlsKey, &u)
	return &logical.Response{Data: u.shown()}, err
}

func (e *Engine) setURLs(ctx context.Context, f *logical.Fields) (*logical.Response, error) {
	var u urls
	if err := e.config(ctx, urlsKey, &u); err != nil {
		return nil, err
	}
	for name, l := range map[string]*[]string{"issuing_certificates": &u.Issuing, "crl_distribution_points": &u.CRL, "ocsp_servers": &u.OCSP} {
		if !f.Has(name) {
			continue
		}
		*l = f.List(name)
		for _, s := range *l {
			if p, err := url.Parse(s); err != nil || p.Host == "" || p.Scheme != "http" && p.Scheme != "https" {
				return nil, fault.New(fault.APIField, "read field %s: %q is no URL", name, s)
			}
		}
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	return &logical.Response{Data: u.shown()}, e.setConfig(ctx, urlsKey, u)
}

func (e *Engine) crlConfig(ctx context.Context) (crlConfig, error) {
	c := crlConfig{Expiry: 72 * time.Hour, OCSPExpiry: time.Hour}
	err := e.config(ctx, crlKey, &c)
	return c, err
}

func (c crlConfig) shown() map[string]any {
	return map[string]any{"expiry": c.Expiry.String(), "ocsp_expiry": c.OCSPExpiry.String(), "disable": false, "ocsp_disable": false, "auto_rebuild": false, "enable_delta": false}
}

func (e *Engine) showCRL(ctx context.Context, _ *logical.Fields) (*logical.Response, error) {
	c, err := e.crlConfig(ctx)
	return &logical.Response{Data: c.shown()}, err
}

func (e *Engine) setCRL(ctx context.Context, f *logical.Fields) (*logical.Response, error) {
	c, err := e.crlConfig(ctx)
	if err != nil {
		return nil, err
	}
	for name, d := range map[string]*time.Duration{"expiry": &c.Expiry, "ocsp_expiry": &c.OCSPExpiry} {
		if f.Has(name) {
			*d = f.Duration(name)
		}
	}
	for _, name := range []string{"disable", "ocsp_disable", "auto_rebuild", "enable_delta"} {
		if f.Bool(name) {
			return nil, fault.New(fault.APIField, "configure list: %s is not to be had here", name)
		}
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	if c.Expiry < time.Minute || c.OCSPExpiry < time.Second || c.Expiry > lifeMost || c.OCSPExpiry > 7*24*time.Hour {
		return nil, fault.New(fault.APIField, "configure list: expiry is less than a minute, or ocsp_expiry not a second to a week")
	}
	if err := e.setConfig(ctx, crlKey, c); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cache.Load().list.Store(nil)
	return &logical.Response{Data: c.shown()}, nil
}
