// Package enroll lets a TPM's attestation key be certified from afar: a handler
// stands before an Enroller, a Client speaks for the machine with the TPM, and an
// authority is the two files that an enroller signs with.
//
// It takes two requests, each a labelled message in the body of a POST. The first
// is an application, answered with a challenge; the second is the opened challenge,
// answered with the certificate.
//
// Neither side trusts the other or the way between. The enroller believes what the
// TPM could open; the client takes a certificate of its own key and no other; and
// whether an enroller counts, a network says by pinning his root. Who reads along
// learns which TPM asked; who changes something keeps it from its certificate.
package enroll

import (
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// The requests, and the messages in them.
const (
	applyPath   = "/v1/tpm/apply"
	certifyPath = "/v1/tpm/certify"

	applicationLabel = "tacit/enroll/application"
	challengeLabel   = "tacit/enroll/challenge"
	answerLabel      = "tacit/enroll/answer"
	certificateLabel = "tacit/enroll/certificate"
	refusalLabel     = "tacit/enroll/refusal"
)

// most bounds a body of either side: five certificates of makers are a tenth of it.
const most = 64 << 10

// answer is what came out of a challenge.
type answer struct {
	Challenge wire.Digest `cbor:"1,keyasint"`
	Secret    []byte      `cbor:"2,keyasint"`
}

// certificate is what an enroller gives.
type certificate struct {
	DER []byte `cbor:"1,keyasint"`
}

// refusal is why he does not. Callers branch on the code; the text is for people.
type refusal struct {
	Code string `cbor:"1,keyasint"`
	Text string `cbor:"2,keyasint"`
}

// An Enroller certifies what a TPM has proven.
type Enroller interface {
	Apply(a attest.Application, now time.Time) (attest.Challenge, error)
	Certify(challenge wire.Digest, secret []byte, now time.Time) ([]byte, error)
}

// NewHandler answers for an enroller. The log gets a line for each key that was
// certified and for each request that was refused; no secret is in it.
func NewHandler(e Enroller, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST "+applyPath, handle(log, applicationLabel, challengeLabel, func(_ *slog.Logger, a attest.Application) (attest.Challenge, error) {
		return e.Apply(a, time.Now())
	}))
	mux.Handle("POST "+certifyPath, handle(log, answerLabel, certificateLabel, func(log *slog.Logger, a answer) (certificate, error) {
		der, err := e.Certify(a.Challenge, a.Secret, time.Now())
		if err != nil {
			return certificate{}, err
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return certificate{}, err
		}
		log.Info("certified", "tpm", c.Subject.CommonName, "key", c.Subject.SerialNumber, "until", c.NotAfter.UTC())
		return certificate{der}, nil
	}))
	return mux
}

// handle answers one kind of request.
func handle[Req, Res any](log *slog.Logger, label, replyLabel string, do func(*slog.Logger, Req) (Res, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log := log.With("from", r.RemoteAddr)
		var reply []byte
		req, err := read[Req](w, r, label)
		if err == nil {
			log = log.With(subject(req))
			var res Res
			if res, err = do(log, req); err == nil {
				reply, err = wire.Marshal(replyLabel, res)
			}
		}
		status := http.StatusOK
		if err != nil {
			log.Warn("refused", "request", r.URL.Path, "code", fault.Of(err), "error", err)
			status, reply = refuse(err)
		}
		w.Header().Set("Content-Type", "application/cbor")
		w.WriteHeader(status)
		_, _ = w.Write(reply) // who does not wait for his answer asks again
	})
}

// subject names what was refused: a key as its certificate would, a challenge by its ID.
func subject(req any) slog.Attr {
	switch r := req.(type) {
	case attest.Application:
		return slog.String("key", "000b"+wire.Sum(r.Public).String())
	case answer:
		return slog.String("challenge", r.Challenge.String())
	}
	return slog.Attr{}
}

func read[Req any](w http.ResponseWriter, r *http.Request, label string) (req Req, err error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return req, fault.New(fault.APISize, "read request: more than %d bytes", most)
	case err != nil:
		return req, fault.New(fault.APIField, "read request: %w", err)
	}
	return req, wire.Unmarshal(label, b, &req)
}

// refuse is the answer to who gets none. What went wrong inside stays inside.
func refuse(err error) (status int, body []byte) {
	code := fault.Of(err)
	r := refusal{string(code), strings.TrimPrefix(err.Error(), string(code)+": ")}
	switch {
	case code == fault.Internal:
		r.Text, status = "the enroller's log says more", http.StatusInternalServerError
	case code == fault.APISize:
		status = http.StatusRequestEntityTooLarge
	case code == fault.ResBusy:
		status = http.StatusTooManyRequests
	case fault.Lookup(code).Exit == fault.ExitUsage:
		status = http.StatusBadRequest
	default:
		status = http.StatusForbidden
	}
	if body, err = wire.Marshal(refusalLabel, r); err != nil {
		return http.StatusInternalServerError, nil
	}
	return status, body
}
