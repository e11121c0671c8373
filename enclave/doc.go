// Package enclave is what runs inside: an agent that attests, gets keys and
// signs, and one child per task that opens the inputs and runs the engine.
//
// The agent keeps the evidence device, the receipt key and the key that grants
// are sealed to; all are born after the assignment. The child stands behind
// walls (package wall), sees the file keys of one task and nothing else, and is
// killed from outside when its time is over. The host, which is the worker, is
// not trusted: what it relays is ciphertext that is checked chunk by chunk,
// and what it is asked to keep is sealed to this image on this chip. After the
// receipt the keys are erased and both processes end.
package enclave
