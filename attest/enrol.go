package attest

import (
	"context"

	"tacit/wire"
)

// An Application asks an enroller for a certificate of a TPM's attestation key.
type Application struct {
	Certificates [][]byte `cbor:"1,keyasint"` // of the endorsement key first, its root left out
	Public       []byte   `cbor:"2,keyasint"` // the attestation key, a TPMT_PUBLIC
}

// A Challenge is a secret that only the TPM with both keys opens.
type Challenge struct {
	ID         wire.Digest `cbor:"1,keyasint"`
	Credential []byte      `cbor:"2,keyasint"` // a TPMS_ID_OBJECT
	Secret     []byte      `cbor:"3,keyasint"` // the encrypted seed
}

// A Prover is a TPM that an enroller may challenge, wherever it is.
type Prover interface {
	Apply(ctx context.Context) (Application, error)
	// Answer opens a challenge; what is for another TPM is EVID_AK.
	Answer(ctx context.Context, c Challenge) ([]byte, error)
}
