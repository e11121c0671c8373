package tpm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"

	"tacit/attest"
	"tacit/fault"
)

// A Chip is a TPM of this machine, as its owner's software holds it. Its
// hierarchies have no passwords: whoever may open the device may use it. It is
// safe for concurrent use.
type Chip struct{ f *frames }

// OpenChip opens a TPM: a device such as /dev/tpmrm0, or a socket of swtpm as a
// path or tcp:HOST:PORT.
func OpenChip(ctx context.Context, path string) (*Chip, error) {
	f, err := dial(ctx, path)
	if err != nil {
		return nil, err
	}
	return &Chip{f}, nil
}

// Close lets go of the TPM.
func (c *Chip) Close() error { return c.f.conn.Close() }

// nvCertificate is where makers keep the certificate of the RSA endorsement key.
const nvCertificate = 0x01c00002

// unavailable is a TPM that did not do what it was asked.
func unavailable(what string, err error) error {
	return fault.New(fault.EvidUnavailable, "ask TPM to %s: %w", what, err)
}

// akTemplate is the attestation key that readAK accepts.
var akTemplate = tpm2.TPMTPublic{
	Type: tpm2.TPMAlgECC, NameAlg: tpm2.TPMAlgSHA256,
	ObjectAttributes: tpm2.TPMAObject{
		FixedTPM: true, FixedParent: true, SensitiveDataOrigin: true, UserWithAuth: true, NoDA: true, Restricted: true, SignEncrypt: true,
	},
	Parameters: tpm2.NewTPMUPublicParms(tpm2.TPMAlgECC, &tpm2.TPMSECCParms{
		Scheme: tpm2.TPMTECCScheme{
			Scheme:  tpm2.TPMAlgECDSA,
			Details: tpm2.NewTPMUAsymScheme(tpm2.TPMAlgECDSA, &tpm2.TPMSSigSchemeECDSA{HashAlg: tpm2.TPMAlgSHA256}),
		},
		CurveID: tpm2.TPMECCNistP256,
	}),
}

// primary makes the key that a template gives in a hierarchy: always the same,
// so that nothing needs to be kept.
func (c *Chip) primary(hierarchy tpm2.TPMHandle, template tpm2.TPMTPublic, use func(tpm2.NamedHandle, tpm2.TPM2BPublic) error) error {
	made, err := tpm2.CreatePrimary{PrimaryHandle: hierarchy, InPublic: tpm2.New2B(template)}.Execute(c.f)
	if err != nil {
		return err
	}
	err = use(tpm2.NamedHandle{Handle: made.ObjectHandle, Name: made.Name}, made.OutPublic)
	return errors.Join(err, flush(c.f, made.ObjectHandle))
}

// Apply is the application for a certificate of this TPM's attestation key.
// Certificates between the maker's root and the TPM's own are the caller's to
// add.
func (c *Chip) Apply(between ...[]byte) (attest.Application, error) {
	der, err := c.readNV(nvCertificate)
	if err != nil {
		return attest.Application{}, unavailable("show its certificate", err)
	}
	// Some makers leave room behind the certificate.
	for n := len(der); n > 0; n = len(bytes.TrimRight(der[:n-1], "\x00\xff")) {
		if cert, err := x509.ParseCertificate(der[:n]); err == nil {
			der = cert.Raw
			break
		}
	}
	a := attest.Application{Certificates: append([][]byte{der}, between...)}
	err = c.primary(tpm2.TPMRHEndorsement, akTemplate, func(_ tpm2.NamedHandle, public tpm2.TPM2BPublic) error {
		a.Public = public.Bytes()
		return nil
	})
	if err != nil {
		return attest.Application{}, unavailable("make its attestation key", err)
	}
	return a, nil
}

func (c *Chip) readNV(index tpm2.TPMHandle) ([]byte, error) {
	public, err := tpm2.NVReadPublic{NVIndex: index}.Execute(c.f)
	if err != nil {
		return nil, err
	}
	info, err := public.NVPublic.Contents()
	if err != nil {
		return nil, err
	}
	var out []byte
	const most = 512 // what every TPM gives at once
	for len(out) < int(info.DataSize) {
		got, err := tpm2.NVRead{
			AuthHandle: tpm2.AuthHandle{Handle: index, Name: public.NVName, Auth: tpm2.PasswordAuth(nil)},
			NVIndex:    tpm2.NamedHandle{Handle: index, Name: public.NVName},
			Size:       min(most, info.DataSize-uint16(len(out))), Offset: uint16(len(out)),
		}.Execute(c.f)
		if err != nil {
			return nil, err
		}
		if len(got.Data.Buffer) == 0 {
			return nil, errors.New("it gives nothing")
		}
		out = append(out, got.Data.Buffer...)
	}
	return out, nil
}

// Answer opens a challenge; a TPM that it is not for cannot, which is EVID_AK.
func (c *Chip) Answer(ch attest.Challenge) ([]byte, error) {
	var secret []byte
	err := c.primary(tpm2.TPMRHEndorsement, akTemplate, func(key tpm2.NamedHandle, _ tpm2.TPM2BPublic) error {
		return c.primary(tpm2.TPMRHEndorsement, tpm2.RSAEKTemplate, func(ek tpm2.NamedHandle, _ tpm2.TPM2BPublic) error {
			got, err := tpm2.ActivateCredential{
				ActivateHandle: tpm2.AuthHandle{Handle: key.Handle, Name: key.Name, Auth: tpm2.PasswordAuth(nil)},
				KeyHandle:      tpm2.AuthHandle{Handle: ek.Handle, Name: ek.Name, Auth: tpm2.Policy(tpm2.TPMAlgSHA256, 16, secretOfEndorsement)},
				CredentialBlob: tpm2.TPM2BIDObject{Buffer: ch.Credential}, Secret: tpm2.TPM2BEncryptedSecret{Buffer: ch.Secret},
			}.Execute(c.f)
			if err == nil {
				secret = got.CertInfo.Buffer
			}
			return err
		})
	})
	if err != nil {
		return nil, fault.New(fault.EvidAK, "open challenge: %w", err)
	}
	return secret, nil
}

// A Prover is a chip as an enroller asks it.
type Prover struct {
	Chip    *Chip
	Between [][]byte // certificates between the maker's root and the TPM's own
}

var _ attest.Prover = Prover{}

// Apply is the chip's application.
func (p Prover) Apply(context.Context) (attest.Application, error) { return p.Chip.Apply(p.Between...) }

// Answer has the chip open a challenge.
func (p Prover) Answer(_ context.Context, c attest.Challenge) ([]byte, error) {
	return p.Chip.Answer(c)
}

// secretOfEndorsement is the policy of endorsement keys: whoever knows the
// hierarchy's password, which is none.
func secretOfEndorsement(t transport.TPM, session tpm2.TPMISHPolicy, nonce tpm2.TPM2BNonce) error {
	_, err := tpm2.PolicySecret{AuthHandle: tpm2.TPMRHEndorsement, PolicySession: session, NonceTPM: nonce}.Execute(t)
	return err
}

// selection is a set of PCRs of the SHA-256 bank.
func selection(bits []byte) tpm2.TPMLPCRSelection {
	return tpm2.TPMLPCRSelection{PCRSelections: []tpm2.TPMSPCRSelection{{Hash: tpm2.TPMAlgSHA256, PCRSelect: bits}}}
}

// registers reads PCRs 0 to 15; a TPM gives eight at once.
func (c *Chip) registers() (r registers, err error) {
	for half, bits := range [][]byte{{0xff, 0, 0}, {0, 0xff, 0}} {
		got, err := tpm2.PCRRead{PCRSelectionIn: selection(bits)}.Execute(c.f)
		if err != nil {
			return r, err
		}
		if len(got.PCRValues.Digests) != 8 {
			return r, errors.New("it has no SHA-256 bank")
		}
		for i, d := range got.PCRValues.Digests {
			if len(d.Buffer) != sha256.Size {
				return r, errors.New("it gives registers of another size")
			}
			copy(r[8*half+i][:], d.Buffer)
		}
	}
	return r, nil
}

// extend measures a digest into a register.
func (c *Chip) extend(index int, digest []byte) error {
	_, err := tpm2.PCRExtend{
		PCRHandle: tpm2.AuthHandle{Handle: tpm2.TPMHandle(index), Auth: tpm2.PasswordAuth(nil)},
		Digests:   tpm2.TPMLDigestValues{Digests: []tpm2.TPMTHA{{HashAlg: tpm2.TPMAlgSHA256, Digest: digest}}},
	}.Execute(c.f)
	return err
}

// quote signs PCRs 0 to 15 with qualifying data and reads their values, again
// if one changed between the two.
func (c *Chip) quote(extra []byte) (report, error) {
	var r report
	err := c.primary(tpm2.TPMRHEndorsement, akTemplate, func(key tpm2.NamedHandle, public tpm2.TPM2BPublic) error {
		r.Public = public.Bytes()
		pub, err := readAK(r.Public)
		for range 5 {
			if err != nil {
				return err
			}
			var got *tpm2.QuoteResponse
			got, err = tpm2.Quote{
				SignHandle:     tpm2.AuthHandle{Handle: key.Handle, Name: key.Name, Auth: tpm2.PasswordAuth(nil)},
				QualifyingData: tpm2.TPM2BData{Buffer: extra}, InScheme: tpm2.TPMTSigScheme{Scheme: tpm2.TPMAlgNull}, PCRSelect: selection(registersQuoted),
			}.Execute(c.f)
			if err != nil {
				return err
			}
			values, readErr := c.registers()
			if readErr != nil {
				return readErr
			}
			r.Quote, r.Signature, r.Registers = got.Quoted.Bytes(), tpm2.Marshal(got.Signature), nil
			for i := range values {
				r.Registers = append(r.Registers, values[i][:])
			}
			if _, err = readQuote(r, pub); err == nil {
				return nil
			}
			err = nil
		}
		return errors.New("its registers change all the time")
	})
	if err != nil {
		return report{}, unavailable("quote", err)
	}
	return r, nil
}
