package tacit

import "tacit/wire"

// FrameLabel is the context of every message between a worker and an enclave.
const FrameLabel = "tacit/enclave"

// PortHello is what the port of a measured machine says before its first frame:
// a fresh enclave listens. The worker waits for it, so that nothing of one enclave
// reaches the next; coming later, it is no frame, and ends the link.
const PortHello = "tacit/1\n"

// The kinds of frames between a worker (the host side of the link) and an
// enclave. The worker relays what it cannot read.
const (
	FrameLaunch   uint8 = 1 // worker asks: LaunchRequest -> LaunchReply
	FrameRun      uint8 = 2 // worker asks: RunRequest -> RunReply
	FrameChunk    uint8 = 3 // enclave asks: ChunkAsk -> Chunk
	FrameOutput   uint8 = 4 // enclave gives: a byte and what it says -> nothing
	FrameCacheGet uint8 = 5 // enclave asks: CacheAsk -> bare bytes from there on; fewer than wire.MaxMessage are the last
	FrameCachePut uint8 = 6 // enclave gives: CachePart -> Part (empty)
)

// FrameUse is how an enclave has a key of a vault used: UseRequest -> UseReply.
const FrameUse uint8 = 7

// FrameChunks is how an enclave asks for many chunks at once: RunAsk -> bare bytes as
// RunOf makes them.
const FrameChunks uint8 = 8

// FrameSession carries a request of a session: the worker asks SessionRequest ->
// SessionReply.
const FrameSession uint8 = 9

// The first byte of FrameOutput says what follows it.
const (
	OutputMore uint8 = 0 // bare bytes of the output, at most PartSize
	OutputLast uint8 = 1 // the last ones
	OutputSize uint8 = 2 // before the first: 8 bytes, big endian, how many there will be in all
)

// ChunkAsk names one chunk of one blob.
type ChunkAsk struct {
	Root  wire.Digest `cbor:"1,keyasint"`
	Index int64       `cbor:"2,keyasint"`
}

// PartSize is the largest piece of a longer content in one frame.
const PartSize = 1 << 20

// A Part is one piece of a longer content, in order.
type Part struct {
	Data []byte `cbor:"1,keyasint"`
	Last bool   `cbor:"2,keyasint"`
}

// CacheAsk asks the worker for a piece of something that an enclave left with
// it, sealed so that only the same image on the same chip opens it.
type CacheAsk struct {
	Key    wire.Digest `cbor:"1,keyasint"`
	Offset int64       `cbor:"2,keyasint"`
}

// CachePart leaves a piece with the worker.
type CachePart struct {
	Key  wire.Digest `cbor:"1,keyasint"`
	Part Part        `cbor:"2,keyasint"`
}
