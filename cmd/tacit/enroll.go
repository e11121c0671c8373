package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/cmd/internal/certfile"
	"tacit/enroll"
	"tacit/fault"
)

func (t *tool) attestEnroller() *cobra.Command {
	return group("enroller", "Certify keys of TPMs: make the authority, serve it", t.enrollerInit(), t.enrollerServe())
}

func (t *tool) enrollerInit() *cobra.Command {
	var dir, name string
	c := &cobra.Command{Use: "init", Short: "Make the authority that certifies attestation keys of TPMs", Args: cobra.NoArgs,
		Long: "Writes authority.pem, the root that networks pin, and authority.key, which only its owner may\n" +
			"read. Whoever has the key can enrol what no TPM holds. Nothing is written over. The root is\n" +
			"printed as an entry for the roots of appraisal policies.",
		Example: "tacit attest enroller init\ntacit attest enroller init --dir authority --name 'Enroller of Acme' -o json"}
	c.Flags().StringVar(&dir, "dir", ".", "folder of the two files")
	c.Flags().StringVar(&name, "name", "Tacit enroller", "name in the root")
	c.RunE = func(*cobra.Command, []string) error {
		a, err := enroll.WriteAuthority(dir, name, time.Now())
		if err != nil {
			return err
		}
		root := attest.Root{Scheme: attest.SchemeTPM, DER: a.Certificate.Raw}
		entry, err := json.Marshal(root)
		if err != nil {
			return err
		}
		return t.print(map[string]any{"certificate": filepath.Join(dir, enroll.CertificateFile), "key": filepath.Join(dir, enroll.KeyFile), "root": root}, func(w io.Writer) {
			fmt.Fprintf(w, "wrote %s and %s; the root for a network's policies:\n%s\nnext: tacit attest enroller serve --dir %s --maker FILE\n", filepath.Join(dir, enroll.CertificateFile), filepath.Join(dir, enroll.KeyFile), entry, dir)
		})
	}
	return c
}

func (t *tool) enrollerServe() *cobra.Command {
	var dir, listen string
	var makers []string
	var validity time.Duration
	c := &cobra.Command{Use: "serve", Short: "Certify attestation keys of TPMs whose makers are pinned, until Ctrl-C", Args: cobra.NoArgs,
		Long: "Answers 'tacit attest enrol' and the hosts of measured machines. A TPM is challenged by the\n" +
			"certificate of its maker and certified once it opened what no other could. Without --maker nobody\n" +
			"is certified. The log has a line for each key that was certified or refused. What passes is\n" +
			"public and signed, so HTTP is enough; a proxy in front may add TLS and limits for each client.",
		Example: "tacit attest enroller serve --maker maker.pem --listen 127.0.0.1:8093\ntacit attest enroller serve --dir authority --maker infineon.pem --maker stm.der --validity 168h"}
	f := c.Flags()
	f.StringVar(&dir, "dir", ".", "folder of the authority's two files")
	f.StringArrayVar(&makers, "maker", nil, "file of a maker's roots (PEM or DER); repeat for more")
	f.StringVar(&listen, "listen", "127.0.0.1:8093", "host:port to listen on")
	f.DurationVar(&validity, "validity", 30*24*time.Hour, "how long certificates hold, at most 90 days (2160h)")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if validity <= 0 {
			return fault.Denied(fault.APIField, "read flags", "--validity", "more than nothing", validity.String())
		}
		a, err := enroll.ReadAuthority(dir, time.Now())
		if err != nil {
			return err
		}
		cfg := tpm.EnrollConfig{Issuer: a.Certificate, Key: a.Key, Validity: validity}
		for _, file := range makers {
			roots, err := certfile.Read(file)
			if err != nil {
				return err
			}
			for _, der := range roots {
				cfg.Makers = append(cfg.Makers, attest.Root{Scheme: attest.SchemeTPM, DER: der})
			}
		}
		e, err := tpm.NewEnroller(cfg)
		if err != nil {
			return err
		}
		l, err := net.Listen("tcp", listen)
		if err != nil {
			return fault.New(fault.APIField, "serve enroller: %w; give a free address with --listen", err)
		}
		fmt.Fprintf(t.out, "enroller at http://%s, %d roots of makers\n", l.Addr(), len(cfg.Makers))
		return serveHTTP(cmd.Context(), l, enroll.NewHandler(e, slog.New(slog.NewTextHandler(t.errs, nil))))
	}
	return c
}

// serveHTTP answers until ctx ends, then lets what is under way end.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{
		Handler: h, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // of clients that hang up
	}
	down := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		short, end := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer end()
		down <- s.Shutdown(short)
	})
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve enroller: %w", err)
	}
	return <-down
}

func (t *tool) attestEnrol() *cobra.Command {
	var chipPath, out string
	var between []string
	c := &cobra.Command{Use: "enrol ENROLLER", Short: "Get the certificate of this machine's TPM from an enroller", Args: exactly(1, "the address of an enroller"),
		Long: "Has an enroller challenge this machine's TPM and writes the certificate of its attestation key.\n" +
			"A machine that boots measured is enrolled by its host instead (docs/machine.md). If the enroller\n" +
			"cannot be reached it is EVID_COLLATERAL_UNAVAILABLE (exit status 5); if he refuses, his code.",
		Example: "tacit attest enrol http://127.0.0.1:8093 --between between.pem\ntacit attest enrol https://enroller.example --tpm tcp:127.0.0.1:2321 --out ak.pem"}
	f := c.Flags()
	f.StringVar(&chipPath, "tpm", "/dev/tpmrm0", "device of the TPM, or the socket of swtpm as a path or tcp:HOST:PORT")
	f.StringArrayVar(&between, "between", nil, "file of certificates between the maker's root and the TPM's own (PEM or DER); repeat for more")
	f.StringVar(&out, "out", "ak.pem", "file for the certificate; one that is there is replaced")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		client, err := enroll.NewClient(args[0], tpm.CheckCertificate)
		if err != nil {
			return err
		}
		var p tpm.Prover
		for _, file := range between {
			list, err := certfile.Read(file)
			if err != nil {
				return err
			}
			p.Between = append(p.Between, list...)
		}
		if p.Chip, err = tpm.OpenChip(cmd.Context(), chipPath); err != nil {
			return err
		}
		defer p.Chip.Close()
		der, err := client.Certificate(cmd.Context(), p)
		if err != nil {
			return err
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return fault.New(fault.EvidAK, "read certificate of %s: %w", args[0], err)
		}
		if err := certfile.Write(out, der); err != nil {
			return err
		}
		return t.print(map[string]any{"file": out, "tpm": cert.Subject.CommonName, "key": cert.Subject.SerialNumber, "until": cert.NotAfter.UTC()}, func(w io.Writer) {
			fmt.Fprintf(w, "wrote %s: the attestation key of %s is certified until %s\n", out, cert.Subject.CommonName, cert.NotAfter.UTC().Format(time.RFC3339))
		})
	}
	return c
}
