package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/attest"
	"tacit/attest/cmw"
	"tacit/attest/ear"
	"tacit/attest/sim"
	"tacit/attest/tpm"
	"tacit/cmd/internal/strict"
	"tacit/fault"
	"tacit/image"
	"tacit/node"
	"tacit/wire"
)

// readEvidence reads evidence from a file in any of the forms in which it is
// handed on: Tacit's JSON or a CMW record in JSON or CBOR.
func readEvidence(file string) (attest.Evidence, error) {
	var e attest.Evidence
	f, err := os.Open(file)
	if err != nil {
		return e, fault.New(fault.APIPath, "read evidence: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, cmw.Most+1))
	if err != nil {
		return e, fault.New(fault.APIPath, "read evidence: %w", err)
	}
	if !bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) {
		return cmw.Open(b)
	}
	if len(b) > cmw.Most {
		return e, fault.New(fault.APISize, "read evidence %s: more than %d bytes", file, cmw.Most)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, fault.New(fault.APIField, "read evidence %s: %w", file, err)
	}
	return e, e.Check()
}

// appraiser is what the commands judge by.
type appraiser struct {
	policies, network, at, collateral string
}

func (a *appraiser) flags(c *cobra.Command) {
	c.Flags().StringVar(&a.policies, "policy", "", "file of appraisal policies and vendor roots (JSON or YAML)")
	c.Flags().StringVar(&a.network, "network", "", "network file whose policies and roots to take instead")
	c.Flags().StringVar(&a.collateral, "collateral", "", "folder with documents of vendors that the evidence lacks ('tacit attest collateral')")
	c.Flags().StringVar(&a.at, "at", "", "judge as of this time (RFC 3339) [now]")
}

// read returns the policy set, the schemes with its roots and the time.
func (t *tool) appraise(a appraiser) (attest.PolicySet, attest.Schemes, time.Time, error) {
	var set attest.PolicySet
	now := time.Now()
	if a.at != "" {
		var err error
		if now, err = time.Parse(time.RFC3339, a.at); err != nil {
			return set, nil, now, fault.Denied(fault.APIField, "read flags", "--at", "a time such as 2027-01-31T00:00:00Z", a.at)
		}
	}
	switch {
	case a.policies != "" && a.network != "":
		return set, nil, now, fault.Denied(fault.APIField, "read flags", "--policy", "either --policy or --network", "both")
	case a.policies != "":
		b, err := os.ReadFile(a.policies)
		if err != nil {
			return set, nil, now, fault.New(fault.APIPath, "read policies: %w", err)
		}
		if err := strict.Decode(a.policies, b, &set); err != nil {
			return set, nil, now, err
		}
	default:
		file := a.network
		if file == "" {
			file = filepath.Join(t.home, "network.json")
		}
		n, err := node.ReadNetwork(file)
		if err != nil {
			return set, nil, now, fault.New(fault.APIPath, "read policies: name a file with --policy, or a network file with --network: %w", err)
		}
		set = n.Genesis.Policies
	}
	s, err := schemes(tacit.Genesis{Policies: set})
	return set, s, now, err
}

func (t *tool) attestShow() *cobra.Command {
	var a appraiser
	c := &cobra.Command{Use: "show FILE", Short: "Show what evidence says, and whether it is genuine", Args: exactly(1, "a file of evidence"),
		Long: "Shows what evidence of any platform says, readable. What it says counts only if it is genuine\n" +
			"up to a vendor root of the policies or the network; if it is not, only its form is shown, and\n" +
			"the exit status is that of the refusal. It asks no network. FILE is evidence as JSON or as a\n" +
			"CMW record (JSON or CBOR)."}
	a.flags(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		e, err := readEvidence(args[0])
		if err != nil {
			return err
		}
		_, s, now, err := t.appraise(a)
		if err != nil {
			return err
		}
		if e, err = completed(cmd, a.collateral, s, e); err != nil {
			return err
		}
		claims, verdict := s.Verify(cmd.Context(), e, now)
		t.notice(e.Scheme == attest.SchemeSim)
		form := map[string]any{"scheme": e.Scheme, "level": attest.LevelOf(e.Scheme), "digest": e.Digest(), "reportBytes": len(e.Report), "collateral": len(e.Collateral), "genuine": verdict == nil}
		if verdict == nil {
			form["claims"], form["reportData"] = claims, hex.EncodeToString(claims.Data[:])
		}
		if err := t.print(form, func(w io.Writer) {
			fmt.Fprintf(w, "%-14s %s (level %d), report of %d bytes, %d pieces of collateral\n", "evidence", orNone(e.Scheme), attest.LevelOf(e.Scheme), len(e.Report), len(e.Collateral))
			fmt.Fprintf(w, "%-14s %s\n", "digest", e.Digest())
			if verdict != nil {
				fmt.Fprintf(w, "%-14s no: %s\n", "genuine", fault.Of(verdict))
				return
			}
			fmt.Fprintf(w, "%-14s yes, as of %s\n", "genuine", now.UTC().Format(time.RFC3339))
			for _, l := range claimLines(claims) {
				fmt.Fprintf(w, "%-14s %s\n", l.name, l.value)
			}
		}); err != nil {
			return err
		}
		return verdict
	}
	return c
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// claimLine is one claim as a line of text.
type claimLine struct{ name, value string }

func claimLines(c attest.Claims) []claimLine {
	lines := []claimLine{
		{"boundary", c.Boundary}, {"measurement", c.Measurement.String()}, {"manifest", c.Manifest.String()}, {"svn", fmt.Sprint(c.SVN)},
		{"product", orNone(c.Product)}, {"chip", orNone(c.Hardware)}, {"signing key", orNone(c.Key)}, {"tcb", c.TCB.String()},
		{"tcb status", c.Status.String()}, {"modes", c.Modes.String()}, {"vmpl", fmt.Sprint(c.VMPL)}, {"report data", hex.EncodeToString(c.Data[:])},
	}
	for _, r := range c.Registers {
		lines = append(lines, claimLine{r.Name, hex.EncodeToString(r.Value)})
	}
	for _, g := range c.Guests {
		lines = append(lines, claimLine{"guest", g.String()})
	}
	return lines
}

func (t *tool) attestVerify() *cobra.Command {
	var a appraiser
	var role, node, data, out, keyFile string
	c := &cobra.Command{Use: "verify FILE", Short: "Appraise evidence by a policy: every shortfall, with expected and got", Args: exactly(1, "a file of evidence"),
		Long: "Appraises evidence of any platform as a verifier does: genuine up to a vendor root, and\n" +
			"acceptable to the policy of a role. It lists every shortfall with its code. --data takes the 64\n" +
			"bytes that the evidence must be over; without it the binding is not judged, and the output says\n" +
			"so. --ear writes the verdict as an EAT Attestation Result (a JSON Web Token, EdDSA) for relying\n" +
			"parties of others, signed with the Ed25519 key of --key (PKCS #8, PEM). It asks no network.",
		Example: "tacit attest verify --policy policies.json --role enclave evidence.json\ntacit attest verify --policy policies.yaml --ear verdict.jwt --key verifier.pem evidence.cmw"}
	a.flags(c)
	f := c.Flags()
	f.StringVar(&role, "role", "enclave", "role whose policy to take: enclave, manager or dispatcher")
	f.StringVar(&node, "node", "", "key of the node that shows the evidence, for policies that enrol chips [none]")
	f.StringVar(&data, "data", "", "the 64 bytes that the evidence must be over, in hex [not judged]")
	f.StringVar(&out, "ear", "", "file for the verdict as a token")
	f.StringVar(&keyFile, "key", "", "key that signs the token")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if (out == "") != (keyFile == "") {
			return fault.Denied(fault.APIField, "read flags", "--ear", "--ear and --key together", "one of them")
		}
		r, ok := map[string]tacit.Role{"enclave": tacit.RoleEnclave, "manager": tacit.RoleManager, "dispatcher": tacit.RoleDispatcher}[role]
		if !ok {
			return fault.Denied(fault.APIField, "read flags", "--role", "enclave, manager or dispatcher", role)
		}
		var who wire.Address
		if node != "" {
			if err := who.UnmarshalText([]byte(node)); err != nil {
				return fault.Denied(fault.APIField, "read flags", "--node", "a node's key such as 0x7a79...", node)
			}
		}
		want, err := hex.DecodeString(data)
		if err != nil || len(want) != 0 && len(want) != len(attest.ReportData{}) {
			return fault.Denied(fault.APIField, "read flags", "--data", "64 bytes in hex", fmt.Sprintf("%d characters", len(data)))
		}
		e, err := readEvidence(args[0])
		if err != nil {
			return err
		}
		set, s, now, err := t.appraise(a)
		if err != nil {
			return err
		}
		if e, err = completed(cmd, a.collateral, s, e); err != nil {
			return err
		}
		claims, verdict := s.Verify(cmd.Context(), e, now)
		var short []*fault.Error
		if verdict == nil {
			over := claims.Data
			if len(want) > 0 {
				over = attest.ReportData(want)
			}
			short = set.Appraise(uint16(r), who, claims, over, now)
		}
		result := ear.Of(claims, short, verdict, set.Digest(), version, now)
		if out != "" {
			if err := writeToken(result, out, keyFile); err != nil {
				return err
			}
		}
		t.notice(e.Scheme == attest.SchemeSim)
		if err := t.print(map[string]any{"ok": verdict == nil && len(short) == 0, "bound": len(want) > 0, "appraisal": result.Appraisal()}, func(w io.Writer) {
			for _, s := range result.Appraisal().Verdict.Shortfalls {
				fmt.Fprintf(w, "FAIL  %-28s", s.Code)
				if s.Rule != "" {
					fmt.Fprintf(w, " %s: expected %s, got %s", s.Rule, s.Expected, s.Got)
				}
				fmt.Fprintln(w)
			}
			if verdict == nil && len(short) == 0 {
				fmt.Fprintf(w, "ok    %s, level %d, %s: acceptable to generation %d for %s\n", claims.Scheme, claims.Level, orNone(claims.Product), set.Generation, role)
			}
			if verdict == nil && len(want) == 0 {
				fmt.Fprintln(w, "note: what the evidence is over was not judged; give --data")
			}
		}); err != nil {
			return err
		}
		if verdict == nil && len(short) > 0 {
			return short[0]
		}
		return verdict
	}
	return c
}

func writeToken(r ear.Result, out, keyFile string) error {
	b, err := os.ReadFile(keyFile)
	if err != nil {
		return fault.New(fault.APIPath, "read key: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return fault.New(fault.APIField, "read key %s: it holds no PEM block", keyFile)
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := k.(ed25519.PrivateKey)
	if err != nil || !ok {
		return fault.New(fault.APIField, "read key %s: want an Ed25519 key in PKCS #8; openssl genpkey -algorithm ed25519 makes one", keyFile)
	}
	token, err := r.Sign(private)
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, append(token, '\n'), 0o644); err != nil {
		return fault.New(fault.APIPath, "write verdict: %w", err)
	}
	return nil
}

func (t *tool) attestDiff() *cobra.Command {
	var a appraiser
	c := &cobra.Command{Use: "diff A B", Short: "Show in what two pieces of evidence differ", Args: exactly(2, "two files of evidence"),
		Long: "Compares what two pieces of evidence say, claim by claim and register by register, such as a\n" +
			"good and a refused one of the same machine. Both must be genuine. The exit status is 0, whether\n" +
			"they differ or not."}
	a.flags(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		_, s, now, err := t.appraise(a)
		if err != nil {
			return err
		}
		var claims [2]attest.Claims
		for i, file := range args {
			e, err := readEvidence(file)
			if err != nil {
				return err
			}
			if e, err = completed(cmd, a.collateral, s, e); err != nil {
				return err
			}
			if claims[i], err = s.Verify(cmd.Context(), e, now); err != nil {
				return fmt.Errorf("compare evidence %s: %w", file, err)
			}
			t.notice(i == 0 && e.Scheme == attest.SchemeSim)
		}
		type difference struct{ Claim, A, B string }
		all := [2][]claimLine{}
		for i, c := range claims {
			all[i] = append([]claimLine{{"scheme", c.Scheme}, {"level", fmt.Sprint(c.Level)}}, claimLines(c)...)
		}
		found := []difference{}
		value := func(lines []claimLine, name string) string {
			for _, l := range lines {
				if l.name == name {
					return l.value
				}
			}
			return "none"
		}
		seen := map[string]bool{}
		for _, l := range append(all[0][:len(all[0]):len(all[0])], all[1]...) {
			if x, y := value(all[0], l.name), value(all[1], l.name); x != y && !seen[l.name] {
				found = append(found, difference{l.name, x, y})
			}
			seen[l.name] = true
		}
		return t.print(map[string]any{"same": len(found) == 0, "differences": found}, func(w io.Writer) {
			for _, d := range found {
				fmt.Fprintf(w, "%-14s %s\n%-14s %s\n", d.Claim, d.A, "", d.B)
			}
			if len(found) == 0 {
				fmt.Fprintln(w, "both say the same")
			}
		})
	}
	return c
}

func (t *tool) attestReference() *cobra.Command {
	var cert, name string
	c := &cobra.Command{Use: "reference FILE", Short: "Compute the reference value of a program or a machine image from its file", Args: exactly(1, "a program or a unified kernel image"),
		Long: "Computes what evidence of a file will say, before anything has run: for a unified kernel image\n" +
			"(.efi) what a TPM measures once a machine has booted it under Secure Boot with the signer of\n" +
			"--cert, for a program what the simulated platform measures. The output belongs under\n" +
			"references in a policy; with the table output each register is shown, too.",
		Example: "tacit attest reference build/image/tacit.efi --cert build/image/db.crt -o json"}
	c.Flags().StringVar(&cert, "cert", "", "certificate (PEM) that Secure Boot verifies the image by")
	c.Flags().StringVar(&name, "name", "", "name of the reference [the file's]")
	c.RunE = func(_ *cobra.Command, args []string) error {
		if name == "" {
			name = filepath.Base(args[0])
		}
		if cert == "" {
			m, err := sim.Measure(args[0])
			if err != nil {
				return err
			}
			t.notice(true)
			return t.printReference(attest.Reference{Name: name, Measurement: m, Manifest: sim.ManifestOf(nil, nil)}, nil)
		}
		b, err := os.ReadFile(args[0])
		if err != nil {
			return fault.New(fault.APIPath, "read image: %w", err)
		}
		c, err := os.ReadFile(cert)
		if err != nil {
			return fault.New(fault.APIPath, "read certificate: %w", err)
		}
		block, _ := pem.Decode(c)
		if block == nil || block.Type != "CERTIFICATE" {
			return fault.New(fault.APIField, "read certificate %s: it holds no certificate in PEM", cert)
		}
		p, err := image.Predict(b, block.Bytes)
		if err != nil {
			return err
		}
		return t.printReference(tpm.Reference(name, p.Registers), p.Registers)
	}
	return c
}

func (t *tool) printReference(r attest.Reference, registers []attest.Register) error {
	return t.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "%-12s %s\n%-12s %s\n%-12s %s\n", "name", r.Name, "measurement", r.Measurement, "manifest", r.Manifest)
		for _, g := range registers {
			fmt.Fprintf(w, "%-12s %s\n", g.Name, hex.EncodeToString(g.Value))
		}
	})
}
