package fault_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"tacit/fault"
)

// declared lists the codes that table.go declares as constants.
func declared(t *testing.T) map[string]fault.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "table.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]fault.Code{}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if id, ok := v.Type.(*ast.Ident); !ok || id.Name != "Code" {
				t.Errorf("constant %s is not of type Code", v.Names[0])
				continue
			}
			text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes[v.Names[0].Name] = fault.Code(text)
		}
	}
	return codes
}

func TestTableHasEveryCodeOnce(t *testing.T) {
	seen := map[fault.Code]bool{}
	for _, e := range fault.Table {
		if seen[e.Code] {
			t.Errorf("%s stands twice in the table", e.Code)
		}
		seen[e.Code] = true
	}
	codes := declared(t)
	for name, c := range codes {
		if !seen[c] {
			t.Errorf("%s (%s) is not in the table", name, c)
		}
		delete(seen, c)
	}
	for c := range seen {
		t.Errorf("%s is in the table but is no constant", c)
	}
	if len(codes) < 50 {
		t.Errorf("%d constants were found", len(codes))
	}
}

func TestEntriesAreComplete(t *testing.T) {
	sides := map[fault.Side]bool{fault.User: true, fault.Owner: true, fault.Service: true, fault.Worker: true, fault.Network: true, fault.Operator: true}
	for _, e := range fault.Table {
		for what, s := range map[string]string{"sentence": e.Sentence, "next step": e.Next} {
			if len(s) < 8 || !strings.HasSuffix(s, ".") || s[:1] != strings.ToUpper(s[:1]) {
				t.Errorf("%s: its %s is %q", e.Code, what, s)
			}
		}
		if e.Exit < fault.ExitFailure || e.Exit > fault.ExitTimeout {
			t.Errorf("%s: exit code %d", e.Code, e.Exit)
		}
		if !sides[e.Side] {
			t.Errorf("%s: side %q", e.Code, e.Side)
		}
		if c := string(e.Code); c != strings.ToUpper(c) || strings.ContainsAny(c, " -.") {
			t.Errorf("%s is not spelled like a code", c)
		}
	}
}

func TestOfFindsTheOutermostCode(t *testing.T) {
	cause := errors.New("disk is full")
	inner := fault.New(fault.StoreClosed, "append record 7: %w", cause)
	for _, tt := range []struct {
		name string
		err  error
		want fault.Code
	}{
		{"no error", nil, ""},
		{"no code", cause, fault.Internal},
		{"a fault", inner, fault.StoreClosed},
		{"a wrapped fault", fmt.Errorf("release: %w", inner), fault.StoreClosed},
		{"a fault over a fault", fault.New(fault.AuditUnavailable, "release: %w", inner), fault.AuditUnavailable},
		{"a bare code", fault.ResBusy, fault.ResBusy},
		{"joined faults", errors.Join(inner, fault.New(fault.ResBusy, "x")), fault.StoreClosed},
		{"two causes", fault.New(fault.DataCorrupt, "%w and %w", cause, inner), fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fault.Of(tt.err); got != tt.want {
				t.Errorf("Of = %q, want %q", got, tt.want)
			}
			if tt.want != "" && tt.want != fault.Internal && !errors.Is(tt.err, tt.want) {
				t.Errorf("errors.Is does not find %s", tt.want)
			}
		})
	}
	over := fault.New(fault.AuditUnavailable, "release: %w", inner)
	both := fault.New(fault.DataCorrupt, "%w and %w", errors.New("x"), inner)
	if !errors.Is(over, fault.StoreClosed) || !errors.Is(over, cause) || !errors.Is(both, fault.StoreClosed) || errors.Is(over, fault.ResBusy) {
		t.Error("causes are lost")
	}
	if got, want := over.Error(), "AUDIT_UNAVAILABLE: release: STORE_CLOSED: append record 7: disk is full"; got != want {
		t.Errorf("Error = %q, want %q", got, want)
	}
	d := fault.Denied(fault.DataConsent, "evaluate terms", "region", "EU", "US")
	if got, want := d.Error(), "DATA_CONSENT: evaluate terms: rule region: expected EU, got US"; got != want {
		t.Errorf("Error = %q, want %q", got, want)
	}
}

func TestForeignCodesBecomeInternal(t *testing.T) {
	for in, want := range map[string]fault.Code{
		"RES_BUSY": fault.ResBusy, "INTERNAL": fault.Internal, "": fault.Internal, "MADE_UP": fault.Internal,
		"res_busy": fault.Internal, "RES_BUSY\x1b[2J": fault.Internal, strings.Repeat("A", 1<<20): fault.Internal,
	} {
		if got := fault.Parse(in); got != want {
			t.Errorf("Parse(%.20q) = %q, want %q", in, got, want)
		}
	}
	if fault.Lookup("MADE_UP").Code != fault.Internal || fault.Lookup(fault.PayFee).Exit != fault.ExitPayment {
		t.Error("Lookup gives another entry")
	}
}
