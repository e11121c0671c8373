package verifier_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/store/embedded"
	"tacit/verifier"
)

// case N65 code CONS_CLOCK check verifier/verifier.go:verify
func TestN65ClocksThatDifferAgreeOrAbstain(t *testing.T) {
	w := newWorld(t)
	i := w.seated(true)
	device, err := x509.ParseCertificate(w.a.Case.Evidence.Collateral[0])
	w.Must(err)
	asks := 0
	vote := func(now time.Time) (tacit.Signed[tacit.Vote], error) {
		asks++
		s, err := embedded.Open(embedded.Config{Path: filepath.Join(t.TempDir(), fmt.Sprintf("clock-%d.db", asks)), Key: bytes.Repeat([]byte{1}, 32)})
		w.Must(err)
		defer s.Close()
		v, err := verifier.New(verifier.Config{
			Key: w.Verifiers[i].Key, Store: s, Headers: w.Headers, Schemes: w.Schemes, Chain: w.Chain, Sample: w.stored.chunk,
			Now: func() time.Time { return now },
		})
		w.Must(err)
		return v.Appraise(t.Context(), w.a.Case)
	}
	const minute = time.Minute
	for _, tt := range []struct {
		name   string
		around time.Time // a moment at which the evidence's chain becomes valid or ends
		off    time.Duration
		accept bool
		want   fault.Code // of the abstention
	}{
		{"twin: long before its end", device.NotAfter, -48 * time.Hour, true, ""},
		{"eleven minutes before its end", device.NotAfter, -11 * minute, true, ""},
		{"nine minutes before its end", device.NotAfter, -9 * minute, false, fault.ConsClock},
		{"at its end", device.NotAfter, 0, false, fault.ConsClock},
		{"nine minutes after its end", device.NotAfter, 9 * minute, false, fault.ConsClock},
		{"eleven minutes after its end", device.NotAfter, 11 * minute, false, ""},
		{"eleven minutes before its beginning", device.NotBefore, -11 * minute, false, ""},
		{"nine minutes before its beginning", device.NotBefore, -9 * minute, false, fault.ConsClock},
		{"nine minutes after its beginning", device.NotBefore, 9 * minute, false, fault.ConsClock},
		{"eleven minutes after its beginning", device.NotBefore, 11 * minute, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := vote(tt.around.Add(tt.off))
			if fault.Of(err) != tt.want || err == nil && got.Body.Accept != tt.accept {
				t.Errorf("accept %v and %v, want %v and %q", got.Body.Accept, err, tt.accept, tt.want)
			}
		})
	}
	t.Run("no two clocks ten minutes off the true time contradict", func(t *testing.T) {
		for truth := -25 * minute; truth <= 25*minute; truth += 5 * minute {
			accepts, rejects, abstain := 0, 0, 0
			for _, off := range []time.Duration{-10 * minute, 0, 10 * minute} {
				got, err := vote(device.NotAfter.Add(truth + off))
				switch {
				case errors.Is(err, fault.ConsClock):
					abstain++
				case err != nil:
					t.Fatal(err)
				case got.Body.Accept:
					accepts++
				default:
					rejects++
				}
			}
			if accepts > 0 && rejects > 0 {
				t.Errorf("at %v: %d accept, %d reject, %d abstain", truth, accepts, rejects, abstain)
			}
		}
	})
}
