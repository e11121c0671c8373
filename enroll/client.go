package enroll

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// A Client gets certificates from an enroller. It is safe for concurrent use.
type Client struct {
	address string
	check   func(der []byte, a attest.Application) error
	http    *http.Client
}

// patience is how long the client waits for one answer.
const patience = 30 * time.Second

// NewClient takes the address of an enroller, http://HOST:PORT or https://HOST, and
// what says whether a certificate is of an application's key.
func NewClient(address string, check func(der []byte, a attest.Application) error) (*Client, error) {
	if check == nil {
		return nil, fault.New(fault.Internal, "make client of an enroller: it needs a check of certificates")
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fault.Denied(fault.APIField, "name enroller", "address", "http://HOST:PORT or https://HOST", address)
	}
	return &Client{strings.TrimSuffix(address, "/"), check, &http.Client{Timeout: patience}}, nil
}

// Certificate has the enroller challenge a TPM and returns the certificate of its
// attestation key (DER). A refusal has the enroller's code; an enroller who cannot
// be reached or does not answer as one is EVID_COLLATERAL_UNAVAILABLE; a certificate
// of another key is EVID_AK.
func (c *Client) Certificate(ctx context.Context, p attest.Prover) ([]byte, error) {
	a, err := p.Apply(ctx)
	if err != nil {
		return nil, err
	}
	ch, err := ask[attest.Challenge](ctx, c, applyPath, applicationLabel, a, challengeLabel)
	if err != nil {
		return nil, err
	}
	secret, err := p.Answer(ctx, ch)
	if err != nil {
		return nil, err
	}
	got, err := ask[certificate](ctx, c, certifyPath, answerLabel, answer{ch.ID, secret}, certificateLabel)
	if err != nil {
		return nil, err
	}
	if err := c.check(got.DER, a); err != nil {
		return nil, err
	}
	return got.DER, nil
}

// ask sends one message and reads another.
func ask[Res any](ctx context.Context, c *Client, path, label string, req any, replyLabel string) (res Res, err error) {
	at := c.address + path
	bad := func(format string, args ...any) (Res, error) {
		var none Res
		return none, fault.New(fault.EvidUnavailable, "ask enroller "+strings.ReplaceAll(at, "%", "%%")+": "+format, args...)
	}
	body, err := wire.Marshal(label, req)
	if err != nil {
		return res, err
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(body))
	if err != nil {
		return bad("%w", err)
	}
	post.Header.Set("Content-Type", "application/cbor")
	resp, err := c.http.Do(post)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err // which would name the address again
		}
		return bad("%w", err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return bad("%w", err)
	case len(b) > most:
		return bad("the answer has more than %d bytes", most)
	case resp.StatusCode >= 400 && resp.StatusCode < 500:
		var r refusal
		if err := wire.Unmarshal(refusalLabel, b, &r); err != nil {
			return bad("it answers %s", resp.Status)
		}
		return res, fault.New(fault.Parse(r.Code), "ask enroller %s: refused: %s", at, readable(r.Text))
	case resp.StatusCode != http.StatusOK:
		return bad("it answers %s", resp.Status)
	}
	if err := wire.Unmarshal(replyLabel, b, &res); err != nil {
		return bad("the answer is not an enroller's: %v", err)
	}
	return res, nil
}

// readable keeps of a foreign text what cannot disturb a terminal or a log.
func readable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text[:min(len(text), 500)])
}
