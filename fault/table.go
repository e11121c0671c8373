package fault

// The codes, grouped as in the threat model.
const (
	EvidStale          Code = "EVID_STALE"
	EvidBinding        Code = "EVID_BINDING"
	EvidReused         Code = "EVID_REUSED"
	EvidMode           Code = "EVID_MODE"
	EvidManifest       Code = "EVID_MANIFEST"
	EvidUnlisted       Code = "EVID_UNLISTED"
	EvidSimulated      Code = "EVID_SIMULATED"
	EvidDenied         Code = "EVID_DENIED"
	EvidCaller         Code = "EVID_CALLER"
	EvidForged         Code = "EVID_FORGED"
	EvidLevel          Code = "EVID_LEVEL"
	EvidUnavailable    Code = "EVID_COLLATERAL_UNAVAILABLE"
	EvidPolicy         Code = "EVID_POLICY"
	EvidTCBMismatch    Code = "EVID_TCB_MISMATCH"
	EvidTCBStatus      Code = "EVID_TCB_STATUS"
	EvidQE             Code = "EVID_QE"
	EvidVMPL           Code = "EVID_VMPL"
	EvidKeyType        Code = "EVID_KEYTYPE"
	EvidRevoked        Code = "EVID_REVOKED"
	EvidLog            Code = "EVID_LOG"
	EvidAK             Code = "EVID_AK"
	EvidUnregisteredHW Code = "EVID_UNREGISTERED_HW"
	EvidDuplicateHW    Code = "EVID_DUPLICATE_HW"
	TLSBinding         Code = "TLS_BINDING"
	TLSEarlyData       Code = "TLS_EARLY_DATA"
	TLSPolicy          Code = "TLS_POLICY"
	TLSIdentity        Code = "TLS_IDENTITY"
	TLSRole            Code = "TLS_ROLE_MEASUREMENT"
	TLSTruncated       Code = "TLS_TRUNCATED"
	KeyPolicy          Code = "KEY_POLICY"
	KeyQuorum          Code = "KEY_QUORUM"
	KeyEvidence        Code = "KEY_EVIDENCE"
	KeyGeneration      Code = "KEY_GENERATION"
	KeySignature       Code = "KEY_SIGNATURE"
	KeyFinality        Code = "KEY_FINALITY"
	KeyRecovery        Code = "KEY_RECOVERY"
	WasmTime           Code = "WASM_TIME"
	WasmStack          Code = "WASM_STACK"
	WasmMemory         Code = "WASM_MEMORY"
	WasmImport         Code = "WASM_IMPORT"
	WasmInvalid        Code = "WASM_INVALID"
	WasmBounds         Code = "WASM_BOUNDS"
	WasmHash           Code = "WASM_HASH"
	WasmOutput         Code = "WASM_OUTPUT"
	WasmTrap           Code = "WASM_TRAP"
	ConsField          Code = "CONS_FIELD"
	ConsClock          Code = "CONS_CLOCK"
	ConsEquivocation   Code = "CONS_EQUIVOCATION"
	ConsHeader         Code = "CONS_HEADER"
	VRFInvalid         Code = "VRF_INVALID"
	VRFLateKey         Code = "VRF_LATE_KEY"
	VRFWithheld        Code = "VRF_WITHHELD"
	ChainSettled       Code = "CHAIN_SETTLED"
	ChainUnavailable   Code = "CHAIN_UNAVAILABLE"
	ChainRevert        Code = "CHAIN_REVERT"
	ChainProof         Code = "CHAIN_PROOF"
	ChainDisagree      Code = "CHAIN_DISAGREE"
	ChainUnproven      Code = "CHAIN_UNPROVEN"
	ChainGovernors     Code = "CHAIN_GOVERNORS"
	APIField           Code = "API_FIELD"
	APIName            Code = "API_NAME"
	APIPath            Code = "API_PATH"
	APIHome            Code = "API_HOME"
	APISize            Code = "API_SIZE"
	APIConflict        Code = "API_CONFLICT"
	APINotFound        Code = "API_NOT_FOUND"
	DataConsent        Code = "DATA_CONSENT"
	DataApproval       Code = "DATA_APPROVAL"
	DataCorrupt        Code = "DATA_CORRUPT"
	DataSmall          Code = "DATA_SMALL"
	DataDifference     Code = "DATA_DIFFERENCE"
	ResultKey          Code = "RESULT_KEY"
	PSIJob             Code = "PSI_JOB"
	PSIColumn          Code = "PSI_COLUMN"
	PSIRow             Code = "PSI_ROW"
	PSIEncoding        Code = "PSI_ENCODING"
	PSISize            Code = "PSI_SIZE"
	PSISet             Code = "PSI_SET"
	LearnModel         Code = "LEARN_MODEL"
	LearnData          Code = "LEARN_DATA"
	LearnParams        Code = "LEARN_PARAMS"
	SessionOver        Code = "SESSION_OVER"
	SessionLost        Code = "SESSION_LOST"
	SessionReplay      Code = "SESSION_REPLAY"
	InferModel         Code = "INFER_MODEL"
	InferTensor        Code = "INFER_TENSOR"
	InferParams        Code = "INFER_PARAMS"
	InferRuntime       Code = "INFER_RUNTIME"
	StoreConflict      Code = "STORE_CONFLICT"
	StoreFenced        Code = "STORE_FENCED"
	StoreCorrupt       Code = "STORE_CORRUPT"
	StoreClosed        Code = "STORE_CLOSED"
	StoreUnknown       Code = "STORE_UNKNOWN"
	StoreCompacted     Code = "STORE_COMPACTED"
	StoreRollback      Code = "STORE_ROLLBACK"
	StoreSealed        Code = "STORE_SEALED"
	StoreDiverged      Code = "STORE_DIVERGED"
	StorePeer          Code = "STORE_PEER"
	StoreNotLeader     Code = "STORE_NOT_LEADER"
	StoreDenied        Code = "STORE_DENIED"
	StoreGeneration    Code = "STORE_GENERATION"
	VaultQuorum        Code = "VAULT_QUORUM"
	AuditUnavailable   Code = "AUDIT_UNAVAILABLE"
	SandboxPartial     Code = "SANDBOX_PARTIAL"
	TaskNoWorker       Code = "TASK_NO_WORKER"
	TaskTimeout        Code = "TASK_TIMEOUT"
	TaskFailed         Code = "TASK_FAILED"
	TaskDrawn          Code = "TASK_DRAWN"
	TaskCancelled      Code = "TASK_CANCELLED"
	TaskOpen           Code = "TASK_OPEN"
	PayDeposit         Code = "PAY_DEPOSIT"
	PayFee             Code = "PAY_FEE"
	ResBusy            Code = "RES_BUSY"
	ProtoVersion       Code = "PROTO_VERSION"
	ProtoFrame         Code = "PROTO_FRAME"
	Unreachable        Code = "NET_UNREACHABLE"
	VaultToken         Code = "VAULT_TOKEN"
	VaultIdentity      Code = "VAULT_IDENTITY"
	VaultAudit         Code = "VAULT_AUDIT"
	VaultContext       Code = "VAULT_CONTEXT"
	VaultDenied        Code = "VAULT_DENIED"
	VaultSealed        Code = "VAULT_SEALED"
	VaultPath          Code = "VAULT_PATH"
	Internal           Code = "INTERNAL"
)

// Table lists every code once; docs/errors.md is made from it.
var Table = []Entry{
	{EvidStale, "The evidence answers an old or unknown challenge.", "Ask for a new attempt; evidence is never reused.", ExitAttestation, true, Worker},
	{EvidBinding, "The evidence is genuine but bound to other keys, another task or another policy.", "Do not trust this worker; the dispatcher draws the next one.", ExitAttestation, false, Worker},
	{EvidReused, "The challenge was answered before; only the first answer counts.", "Ask for a new attempt.", ExitAttestation, true, Worker},
	{EvidMode, "The platform runs in a mode that opens it, such as debug.", "Restart the enclave without debug.", ExitAttestation, false, Worker},
	{EvidManifest, "Something that changes behaviour differs from the attested manifest.", "Start the enclave with the published arguments, environment and files only.", ExitAttestation, false, Worker},
	{EvidUnlisted, "The measurement is not among the reference values.", "Run a released image, or publish its measurement first.", ExitAttestation, false, Worker},
	{EvidSimulated, "Evidence of the simulated platform met a policy that does not name it.", "Use a worker on real hardware, or a policy for teaching that names the simulated platform.", ExitAttestation, false, Worker},
	{EvidDenied, "The product, firmware or chip is on the deny list.", "Use another machine.", ExitAttestation, false, Worker},
	{EvidCaller, "Only the measured agent may ask for evidence, and only over a labelled transcript.", "Nothing to do: the request was refused as it must be.", ExitAttestation, false, Worker},
	{EvidForged, "The evidence does not verify up to a vendor root that this network pins.", "Do not trust this worker.", ExitAttestation, false, Worker},
	{EvidLevel, "The platform is below the level that was asked for.", "Lower the required level or wait for a stronger worker.", ExitAttestation, false, Worker},
	{EvidUnavailable, "Collateral needed to judge the evidence cannot be had now; this is not a verdict.", "Try again when the collateral service answers.", ExitCollateral, true, Network},
	{EvidPolicy, "The appraisal policy is empty or incomplete, and an empty policy accepts nothing.", "Give every field of the policy.", ExitAttestation, false, Operator},
	{EvidTCBMismatch, "The platform reports another TCB than its vendor certified for this chip.", "Install the certificate that belongs to the machine's firmware; else do not trust this worker.", ExitAttestation, false, Worker},
	{EvidTCBStatus, "The platform's TCB is below the minimum, or the vendor's word on it is not one that the policy accepts.", "Update the machine's firmware and microcode, then attest again.", ExitAttestation, false, Worker},
	{EvidQE, "The quoting enclave is not the vendor's current one.", "Update the machine's attestation software.", ExitAttestation, false, Worker},
	{EvidVMPL, "The report was made at a privilege level that the policy does not accept.", "Ask for the report at VMPL 0, in the measured agent.", ExitAttestation, false, Worker},
	{EvidKeyType, "The evidence is signed by a kind of key that the policy does not accept.", "Have the machine sign with its own chip's key.", ExitAttestation, false, Worker},
	{EvidRevoked, "The vendor has revoked a certificate that the evidence rests on.", "Use another machine.", ExitAttestation, false, Worker},
	{EvidLog, "The event log does not explain the quoted registers.", "Send the whole log of this boot, unchanged.", ExitAttestation, false, Worker},
	{EvidAK, "The key that signed the quote is not proven to be a restricted key of that TPM.", "Enrol the attestation key with its TPM's endorsement key again.", ExitAttestation, false, Worker},
	{EvidUnregisteredHW, "The chip is not enrolled, and the policy demands it.", "Have the network's governors enrol the chip for this node.", ExitAttestation, false, Worker},
	{EvidDuplicateHW, "The chip is enrolled for another node: one chip is one identity.", "Run one node for each machine, under the identity it is enrolled for.", ExitAttestation, false, Worker},
	{TLSBinding, "The peer's proof belongs to another connection, another certificate or another role.", "Do not use this address; something relays or replays connections.", ExitAttestation, false, Network},
	{TLSEarlyData, "Data arrived before attestation of the channel had ended.", "Do not use this peer.", ExitAttestation, false, Network},
	{TLSPolicy, "The connection is not TLS 1.3 with the required suites and a valid client certificate.", "Use a client of this version.", ExitAttestation, false, Network},
	{TLSIdentity, "The peer is not the one that was asked for.", "Check the address and the key in the profile.", ExitAttestation, false, Network},
	{TLSRole, "The peer is genuine but its kind or role is not admitted here.", "Connect to the role that serves this call.", ExitAttestation, false, Network},
	{TLSTruncated, "The channel ended before its end was announced: it was cut, or its bytes were changed on the way.", "Try again; what had arrived does not count.", ExitFailure, true, Network},
	{KeyPolicy, "No policy or terms allow the release, and what is not allowed is denied.", "Publish complete terms for the artefact.", ExitTerms, false, Owner},
	{KeyQuorum, "The committee's certificate is not valid for this attempt.", "Nothing to do: the dispatcher must gather more than two thirds of the drawn seats.", ExitAttestation, true, Network},
	{KeyEvidence, "The manager itself found the evidence bad, whatever the committee said.", "Do not trust this worker, and look at who voted for it.", ExitAttestation, false, Network},
	{KeyGeneration, "An older generation of a policy, terms, header or checkpoint was offered.", "Fetch the newest and ask again.", ExitTerms, true, Network},
	{KeySignature, "A signature does not verify under the named key and context.", "Check which key signed, and on which network.", ExitAttestation, false, User},
	{KeyFinality, "The entry, deposit or draw is not yet in a signed epoch header.", "Wait one epoch and ask again.", ExitFailure, true, Network},
	{KeyRecovery, "The service does not show that it goes on with its keys and its state; it stays sealed.", "Do not rely on it. Its operator puts the newest state back, or has enough owners open their recovery shares and leads the anchor back, which everybody sees on the chain.", ExitAttestation, false, Operator},
	{WasmTime, "The guest used up its fuel or its time.", "Raise requirements.fuel or requirements.seconds, or make the program cheaper.", ExitService, false, Service},
	{WasmStack, "The guest's call stack overflowed.", "Recurse less deeply.", ExitService, false, Service},
	{WasmMemory, "The guest asked for more memory, or another kind of memory, than it may have.", "Raise requirements.memory; shared and 64-bit memories are not offered.", ExitService, false, Service},
	{WasmImport, "The module imports something that the guest ABI does not offer.", "Build it as a WASI preview 1 command without network.", ExitService, false, Service},
	{WasmInvalid, "The module is malformed or is not a WASI preview 1 command.", "Build it again for wasm32-wasip1 with a _start entry.", ExitService, false, Service},
	{WasmBounds, "The guest passed the host a pointer outside its memory.", "Correct the program.", ExitService, false, Service},
	{WasmHash, "The code, once opened, is not the code that was agreed on.", "Publish the service again.", ExitService, false, Service},
	{WasmOutput, "The output is larger or has more files than declared.", "Raise requirements.output, or write less.", ExitService, false, Service},
	{WasmTrap, "The guest stopped with a trap or a non-zero exit code.", "Run it with 'tacit service test' and read its messages.", ExitService, false, Service},
	{ConsField, "What was signed is not what is used.", "Refuse the sender.", ExitAttestation, false, Network},
	{ConsClock, "The clocks are too far apart to judge freshness.", "Correct the clock of this machine.", ExitAttestation, true, Operator},
	{ConsEquivocation, "A verifier signed two contradicting votes; both are void.", "Submit the pair to the registry to slash it.", ExitAttestation, false, Network},
	{ConsHeader, "An epoch header is not signed by the set that its predecessor named.", "Use another gateway; this one shows a foreign history.", ExitAttestation, false, Network},
	{VRFInvalid, "A VRF proof does not verify for this key and input.", "Refuse the sender.", ExitAttestation, false, Network},
	{VRFLateKey, "The key was registered after the seed was known.", "Wait until the key is older than the beacon.", ExitAttestation, true, Network},
	{VRFWithheld, "A drawn node did not show its part in time, or has not answered yet what is demanded of it on the chain.", "A withheld ticket loses the seat. A vote or result that is demanded and not shown loses a part of the stake; until it is shown or that is taken, no stake leaves.", ExitTimeout, true, Network},
	{ChainSettled, "The task is settled already; nothing is paid twice.", "Nothing to do.", ExitPayment, false, User},
	{ChainUnavailable, "The chain's end point does not answer.", "If the chain is this machine's own, start the network again: 'tacit up'. Else check that a node answers at an end point that the home's network.json names under chain.", ExitPayment, true, Network},
	{ChainRevert, "The contract refused the transaction.", "Read the reason it gave.", ExitPayment, false, User},
	{ChainProof, "An inclusion proof does not lead to the signed root.", "Use another gateway.", ExitAttestation, false, Network},
	{ChainDisagree, "Most end points of the chain do not say the same.", "Find out which of them lie or lag; it goes on when most agree.", ExitPayment, true, Network},
	{ChainUnproven, "The papers show nothing that the contracts punish. An honest \"no\" or \"cannot\" never is.", "Nothing to do: nothing was sent, and no bond was put up.", ExitFailure, false, User},
	{ChainGovernors, "Too few of the network's governors signed, or the key is none of theirs.", "Have more governors sign: 'tacit network policy sign ORDER --key FILE'.", ExitFailure, false, Operator},
	{APIField, "A field is unknown, missing, repeated or out of range.", "Correct the named field.", ExitUsage, false, User},
	{APIName, "The name is not exactly one that is allowed.", "Write it as owner/name@version in lower-case ASCII.", ExitUsage, false, User},
	{APIPath, "The path leaves its folder or is not a plain file.", "Give a plain file below the folder.", ExitUsage, false, User},
	{APIHome, "This home has no network that could be asked.", "Start one with 'tacit up' in another terminal, or name another home with --home or TACIT_HOME.", ExitUsage, false, User},
	{APISize, "The input is larger or deeper than allowed.", "Send less.", ExitUsage, false, User},
	{APIConflict, "The same key was used before, with other content.", "Use a new key, or a new nonce for another request.", ExitUsage, false, User},
	{APINotFound, "There is nothing of that name.", "Look at how it is written, and at what there is: 'tacit task list', 'tacit access list', 'tacit <command> --help'.", ExitUsage, false, User},
	{DataConsent, "The owner's terms do not allow this use.", "Ask the owner, or use a service that the terms name.", ExitTerms, false, Owner},
	{DataApproval, "The owner must approve this use and has not answered yet.", "Wait: the task goes on when the owner approves it (he sees it with 'tacit access list').", ExitTerms, true, Owner},
	{DataCorrupt, "Stored bytes do not match their digest.", "Fetch them from another place.", ExitFailure, true, Operator},
	{DataSmall, "A set, a group or the result is smaller than an owner allows.", "Ask with larger sets, or for coarser groups; the owner's terms say how many ids, rows or parties he wants behind each answer.", ExitTerms, false, User},
	{DataDifference, "This set differs too little from one that was asked about before: two answers would tell of single ids.", "Ask with the same set again, or with one that differs by at least what the owner's terms say.", ExitTerms, false, User},
	{ResultKey, "The result is sealed to a key that the task does not name, or belongs to another task.", "Reject the result.", ExitAttestation, false, Worker},
	{PSIJob, "The parameters of the set operation do not make sense.", "Correct what the message names; docs/psi.md lists all parameters.", ExitUsage, false, User},
	{PSIColumn, "A party's file does not have the column, or it is of another kind.", "Name a column that the file has; its owner can check it with 'tacit psi check'.", ExitService, false, Owner},
	{PSIRow, "A row of a party's file cannot be read.", "The owner corrects the row that the message names and publishes the file again.", ExitService, false, Owner},
	{PSIEncoding, "A party's file is not in the encoding that it must have.", "The owner converts the file to UTF-8 and publishes it again.", ExitService, false, Owner},
	{PSISize, "A file, or what must be held of it, is larger than allowed.", "Raise requirements.memory, or bring fewer rows: at most 16,777,216 per party.", ExitService, false, User},
	{PSISet, "A prepared set is not what its head says.", "The owner prepares it again with 'tacit psi prepare'.", ExitService, false, Owner},
	{LearnModel, "The model is not in the form that it must have, or of a kind that is not supported.", "Use a model that this engine wrote, or one that it reads, without what the message names.", ExitService, false, User},
	{LearnData, "The data cannot be learned from or applied to.", "Correct what the message names, or give a penalty or fewer columns where it says so.", ExitService, false, Owner},
	{LearnParams, "The parameters of the learning do not make sense.", "Correct what the message names.", ExitUsage, false, User},
	{SessionOver, "The session has ended, or the task is none.", "Open another with 'tacit serve'; what was answered stands in the receipts.", ExitService, false, User},
	{SessionLost, "The enclave of the session is gone, and with it what was asked and not answered.", "Connect again: the task's next attempt opens another enclave, if it has one left. What was answered stands in the last receipt.", ExitFailure, true, Worker},
	{SessionReplay, "A message of a session came twice, or too late.", "Send each message once; 'tacit connect' does.", ExitUsage, false, User},
	{InferModel, "The network is not well formed, or has something that is not run here.", "Export it again as plain ONNX without what the message names; docs/infer.md lists what is run.", ExitService, false, User},
	{InferTensor, "An input of the network is not of the name, kind or shape that it wants.", "Correct what the message names; 'tacit connect' shows what the network wants.", ExitUsage, false, User},
	{InferParams, "The parameters of the inference do not make sense.", "Correct what the message names; docs/infer.md lists all parameters.", ExitUsage, false, User},
	{InferRuntime, "This image has no runtime for networks.", "Its operator builds it with 'make onnxruntime dev'.", ExitFailure, false, Operator},
	{StoreConflict, "The key changed since it was read.", "Read again and retry.", ExitFailure, true, Operator},
	{StoreFenced, "The writer's lease has passed to another.", "Stop: another process has taken over.", ExitFailure, false, Operator},
	{StoreCorrupt, "A stored record does not verify.", "Restore this node from its peers or its backup.", ExitFailure, false, Operator},
	{StoreRollback, "The state is older than the platform's counter, or than the checkpoint that is anchored on the chain.", "Put the newest state back, or let this node start anew from its peers; a whole group needs its operator's recovery.", ExitFailure, false, Operator},
	{StoreSealed, "The platform does not open the sealed state: it runs something else, or the state is another machine's.", "Start what sealed it, on the same machine; after an update let the node start anew from its peers.", ExitFailure, false, Operator},
	{StoreDiverged, "Replicas or anchored checkpoints disagree about the same revision, so nothing is served.", "Find the replica whose history is another one, expel it and rotate the group's keys. A whole group that was restored from something else needs its operator's recovery.", ExitFailure, false, Operator},
	{StorePeer, "The peer is no member of this group, or its attestation does not hold any more.", "Start the released image as a replica of this group and have its members admit it.", ExitAttestation, false, Operator},
	{StoreNotLeader, "This replica does not lead, or reaches no majority; it serves nothing that could be stale.", "Try again: most often another replica leads already.", ExitFailure, true, Operator},
	{StoreDenied, "The caller may not touch a key that the request names, so nothing of it was done.", "Ask for what the caller may do only, or have its rights extended.", ExitTerms, false, User},
	{StoreGeneration, "A replica offers an older configuration or key epoch than the group has reached.", "Remove the replica, or let it start anew from the leader.", ExitFailure, false, Operator},
	{StoreClosed, "The store is closed or stopped after a disk error.", "Restart the process; look at the disk.", ExitFailure, true, Operator},
	{StoreCompacted, "The changes after that revision are not all kept any more.", "List the keys, and watch from the revision that the list shows.", ExitFailure, false, User},
	{StoreUnknown, "The leader was lost while it wrote; the write may have been done or not.", "Read what is there before you repeat the write.", ExitFailure, true, Operator},
	{VaultQuorum, "Too few of the named owners stand behind this, or what was brought is not theirs.", "Have enough of the named owners sign this very attempt or hand over their own shares of this plan.", ExitTerms, false, Owner},
	{AuditUnavailable, "The record of the release could not be made durable, so nothing was released.", "Look at the manager's disk.", ExitFailure, true, Operator},
	{SandboxPartial, "The machine refuses some of the walls around a guest.", "Allow user namespaces, seccomp and Landlock.", ExitFailure, false, Operator},
	{TaskNoWorker, "Too few eligible workers or verifiers are in the pool.", "Run 'tacit task plan', or wait for more to join.", ExitNoWorker, true, Network},
	{TaskTimeout, "The task did not end by its deadline; its reservation lapses.", "Run it again with a later deadline.", ExitTimeout, true, Network},
	{TaskFailed, "The task ended without a result.", "Run 'tacit task show' to see which stage failed.", ExitService, true, Worker},
	{TaskDrawn, "The task is drawn, so it cannot be called off any more; its worker and seats are at work and are paid.", "Let it end: 'tacit task watch' shows it.", ExitFailure, false, User},
	{TaskCancelled, "The user called the task off before it was drawn; nothing is owed.", "Run it again when you want it: 'tacit task rerun'.", ExitFailure, false, User},
	{TaskOpen, "The task goes on; only this command stopped waiting for it.", "Go on with 'tacit task watch', or call it off with 'tacit task cancel'.", ExitTimeout, true, User},
	{PayDeposit, "The deposit does not cover what is reserved.", "Deposit more, or wait for settlements.", ExitPayment, true, User},
	{PayFee, "The fee is above the maximum that the task allows.", "Raise --max-price.", ExitPayment, false, User},
	{ResBusy, "The limit of work in hand is reached.", "Try again shortly.", ExitFailure, true, Operator},
	{ProtoVersion, "The peer speaks an unknown version of the protocol.", "Upgrade the older side.", ExitUsage, false, Operator},
	{ProtoFrame, "A frame is malformed, out of order or too large.", "Use matching versions of worker and enclave.", ExitFailure, false, Worker},
	{Unreachable, "The peer cannot be reached.", "Check that it runs: 'tacit up' starts a network and shows the processes and their logs; the home's network.json names the gateway.", ExitFailure, true, Network},
	{VaultToken, "The vault's token is unknown, expired, used up or revoked, or one that it descends from is.", "Log in again.", ExitTerms, false, User},
	{VaultIdentity, "The caller is not the certificate or the attested program that the token was given to.", "Log in again over this connection with your own evidence.", ExitAttestation, false, User},
	{VaultAudit, "The vault could not make the record of this request durable, so nothing was answered.", "Look at the space and health of the audit log's store.", ExitService, true, Operator},
	{VaultContext, "The key version, context or nonce is not one that this operation may use.", "Use a version that exists and the context that the data was made with.", ExitUsage, false, User},
	{VaultDenied, "The vault's policies do not allow this path to this caller.", "Have the vault's owner write a policy that names the path and the capability.", ExitTerms, false, User},
	{VaultSealed, "The vault is sealed.", "Have enough owners sign the unseal nonce that sys/seal-status shows.", ExitService, true, Owner},
	{VaultPath, "The path is not written as the vault takes it.", "Use plain ASCII segments between single slashes, without dots for folders and percent-encodings.", ExitUsage, false, User},
	{Internal, "Something unexpected happened.", "Read the log and report it.", ExitFailure, false, Operator},
}
