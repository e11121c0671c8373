package atls

import (
	"testing"

	"tacit"
	"tacit/fault"
)

// case N96 code PROTO_VERSION check atls/exchange.go:version
func TestN96UnknownVersion(t *testing.T) {
	for _, tt := range []struct {
		name   string
		speaks greeting
		then   string // what follows the greeting
		want   fault.Code
	}{
		{"newer versions only", greeting{tacit.Newest + 1, tacit.Newest + 3}, "", fault.ProtoVersion},
		{"version 0 only", greeting{0, 0}, "", fault.ProtoVersion},
		{"from version 0 on", greeting{0, tacit.Newest}, "", fault.ProtoVersion},
		{"no version", greeting{tacit.Newest, tacit.Oldest - 1}, "", fault.ProtoVersion},
		{"this version, with a hello of another", greeting{tacit.Oldest, tacit.Newest}, "a hello of the future", fault.TLSEarlyData},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
			c := plainTLS(t, s.addr, newParty(t, tacit.RoleClient))
			if err := write(c, greetingLabel, tt.speaks); err != nil {
				t.Fatal(err)
			}
			if tt.then != "" {
				if err := write(c, helloLabel, tt.then); err != nil {
					t.Fatal(err)
				}
			}
			if got := s.whyVerdict(t, c); got != tt.want {
				t.Errorf("the dialler learns %q, want %q", got, tt.want)
			}
			c.Close()
			if got := s.whyRefused(t); got != tt.want {
				t.Errorf("the listener refuses with %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("twin: this version", func(t *testing.T) {
		s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
		meets(t, newParty(t, tacit.RoleClient), s, Want{Role: tacit.RoleManager}, "", "")
	})
}

// Two that speak several versions speak the newest that both know, whichever of
// them dialled.
//
// case N96 code PROTO_VERSION check atls/exchange.go:with
func TestN96TheNewestCommonVersionIsSpoken(t *testing.T) {
	for _, tt := range []struct {
		name         string
		dials, hears greeting
		want         uint32 // 0: they do not meet
	}{
		{"twin: the same", greeting{1, 1}, greeting{1, 1}, 1},
		{"twin: the newer one dials", greeting{1, 2}, greeting{1, 1}, 1},
		{"twin: the newer one listens", greeting{1, 1}, greeting{1, 2}, 1},
		{"twin: both are newer", greeting{1, 2}, greeting{1, 2}, 2},
		{"twin: they overlap in the middle", greeting{1, 4}, greeting{3, 7}, 4},
		{"the listener has given the old one up", greeting{1, 1}, greeting{2, 2}, 0},
		{"the dialler has given the old one up", greeting{3, 5}, greeting{1, 2}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, client := newParty(t, tacit.RoleManager, tacit.RoleClient), newParty(t, tacit.RoleClient)
			client.versions, server.versions = tt.dials, tt.hears
			s := serve(t, server)
			if tt.want == 0 {
				meets(t, client, s, Want{Role: tacit.RoleManager}, fault.ProtoVersion, fault.ProtoVersion)
				return
			}
			c, err := Dial(t.Context(), s.addr, client.Config, Want{Role: tacit.RoleManager}, false)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if c.Version != tt.want {
				t.Errorf("version %d, want %d", c.Version, tt.want)
			}
		})
	}
}
