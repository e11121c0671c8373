package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tacit/fault"
)

// examples are shown by --help and in docs/cli.md; a test wants one for every
// command. Tests run those that stand in a documented session.
var examples = map[string]string{
	"tacit up":                 "tacit up\ntacit up --chain http://127.0.0.1:18545 --funder funder.key",
	"tacit completion":         "source <(tacit completion bash)",
	"tacit demo":               "tacit demo --keep",
	"tacit demo psi":           "tacit demo psi",
	"tacit demo infer":         "tacit demo infer",
	"tacit demo learn":         "tacit demo learn",
	"tacit doctor":             "tacit doctor",
	"tacit version":            "tacit version",
	"tacit service test":       "tacit service test build/cancer.wasm --data left=build/data/left.csv --data right=build/data/right.csv",
	"tacit service publish":    "tacit service publish build/cancer.wasm --as acme --name acme/logreg --price 0.02",
	"tacit service update":     "tacit service update acme/logreg --price 0.03 --as acme",
	"tacit service retire":     "tacit service retire acme/logreg --as acme",
	"tacit data publish":       "tacit data publish build/data/left.csv --as hospital --name hospital/left --price 0.1 --allow acme/logreg\ntacit data publish build/data/left.csv --as hospital --name hospital/left --policy terms.yaml",
	"tacit data update":        "tacit data update clinic/right --policy terms.yaml --price 0.2 --as clinic",
	"tacit data retire":        "tacit data retire clinic/right --as clinic",
	"tacit access list":        "tacit access list --as hospital",
	"tacit access approve":     "tacit access approve 4ef9394b --for 24h --as hospital",
	"tacit access deny":        "tacit access deny 4ef9394b --reason 'ask the board first' --as hospital",
	"tacit access explain":     "tacit access explain 4ef9394b",
	"tacit access webhook":     "tacit access webhook https://hooks.example.org/tacit --as hospital\ntacit access webhook none --as hospital",
	"tacit kv put":             "tacit kv put config/app settings.json --as hospital\ndate | tacit kv put seen/today",
	"tacit kv get":             "tacit kv get config/app --as hospital",
	"tacit kv delete":          "tacit kv delete config/app --as hospital",
	"tacit kv list":            "tacit kv list config/ --as hospital",
	"tacit kv watch":           "tacit kv watch config/ --as hospital",
	"tacit kv grant":           "tacit kv grant 0x1f9840a85d5af5bf1d1762f925bdaddc4201f984 config/ --read --as hospital\ntacit kv grant --as hospital",
	"tacit psi prepare":        "tacit psi prepare bank.csv --column iban --payload balance:2 --normalise trim,fold --out bank.set",
	"tacit psi rows":           "tacit psi rows result/intersection.set --out common.csv",
	"tacit psi check":          "tacit psi check bank.csv --column iban --payload balance:2",
	"tacit psi run":            "tacit psi run params.json bank=bank.set shop=shop.set --out result",
	"tacit learn run":          "tacit learn run params.json clinic=clinic.csv hospital=hospital.csv --out result",
	"tacit task show":          "tacit task show 4ef9394b",
	"tacit proof verify":       "tacit proof verify result/proof.json",
	"tacit attest show":        "tacit attest show evidence.json",
	"tacit attest diff":        "tacit attest diff old.json new.json",
	"tacit vault status":       "tacit vault status",
	"tacit vault root":         "tacit vault root --key accounts/operator.key",
	"tacit vault sign":         "tacit vault sign unseal --nonce NONCE --key owner.key",
	"tacit vault login":        "tacit vault login < token\ntacit vault login --role-id ID < secret-id",
	"tacit vault token create": "tacit vault token create --policy team --ttl 8h",
	"tacit vault token revoke": "tacit vault token revoke --accessor ACCESSOR",
	"tacit vault kv put":       "tacit vault kv put app/db < db.json",
	"tacit vault kv get":       "tacit vault kv get app/db",
	"tacit vault kv list":      "tacit vault kv list app",
	"tacit vault kv delete":    "tacit vault kv delete app/db",
	"tacit vault policy write": "tacit vault policy write team < team.hcl",
	"tacit vault policy read":  "tacit vault policy read team",
	"tacit vault policy list":  "tacit vault policy list",
	"tacit vault read":         "tacit vault read auth/task/role/weather",
	"tacit vault write":        "tacit vault write auth/task/role/weather < role.json",
	"tacit vault delete":       "tacit vault delete auth/task/role/weather",
	"tacit vault mount list":   "tacit vault mount list",
	"tacit vault mount enable": "tacit vault mount enable transit",
	"tacit store status":       "tacit store status\ntacit store status manager-1",
	"tacit store check":        "tacit store check manager-1",
	"tacit store member":       "tacit store member manager-1\ntacit store member manager-1 --add nodes/manager-1-d/replica.json\ntacit store member manager-1 --remove 0x7a79",
	"tacit store snapshot":     "tacit store snapshot manager-1",
	"tacit store rotate":       "tacit store rotate manager-1",
	"tacit store transfer":     "tacit store transfer manager-1",
	"tacit store owner":        "tacit store owner ann.key",
	"tacit store share":        "tacit store share manager-1 --need 2 --owner ann=ann.key.pub --owner bob=bob.key.pub --owner cid=cid.key.pub --out shares",
	"tacit store backup":       "tacit store backup manager-1 --out manager-1.backup",
	"tacit store restore":      "tacit store restore manager-1 --backup manager-1.backup",
	"tacit store hand":         "tacit store hand shares/ann.parcel --desk desk.json --owner-key ann.key --out ann.handed",
	"tacit store accept":       "tacit store accept manager-1",
	"tacit wallet show":        "tacit wallet show --as hospital",
	"tacit wallet recipient":   "tacit wallet recipient --as hospital",
	"tacit node init":          "tacit node init store --role blobs --listen 127.0.0.1:9443 --as clinic",
	"tacit node register":      "tacit node register --role blobs --endpoint 127.0.0.1:9443 --key store/node.key --as clinic",
	"tacit node show":          "tacit node show --as clinic",
	"tacit node retire":        "tacit node retire store/node.key --as clinic",
	"tacit proof open":         "tacit proof open result/proof.json --as hospital --out part",
	"tacit wallet withdraw":    "tacit wallet withdraw --as clinic",
	"tacit wallet collect":     "tacit wallet collect --as hospital\ntacit wallet collect --key nodes/verifier-1/node.key",
}

// group is a noun: it does nothing by itself and says what there is.
func group(use, short string, verbs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknown(cmd, args[0])
	}}
	c.AddCommand(verbs...)
	return c
}

// unknown is the error of a command that there is not.
func unknown(c *cobra.Command, got string) error {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	expected := "one of " + strings.Join(names, ", ")
	if s := fault.DidYouMean(got, names); s != "" {
		expected = "did you mean " + c.CommandPath() + " " + s + "?"
	}
	return fault.Denied(fault.APIField, "read command", c.CommandPath()+" COMMAND", expected, got)
}

var unknownFlag = regexp.MustCompile(`unknown (?:shorthand )?flag: (?:'.' in )?-*(\S+)`)

// badFlag says which flag was probably meant.
func badFlag(c *cobra.Command, err error) error {
	m := unknownFlag.FindStringSubmatch(err.Error())
	if m == nil {
		return fault.New(fault.APIField, "read flags: %w; '%s --help' explains them", err, c.CommandPath())
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	slices.Sort(names)
	expected := "a flag of '" + c.CommandPath() + " --help'"
	if s := fault.DidYouMean(m[1], names); s != "" {
		expected = "did you mean --" + s + "?"
	}
	return fault.Denied(fault.APIField, "read flags of "+c.CommandPath(), "--"+m[1], expected, "an unknown flag")
}

// finish gives every command what all have: its example, and errors about its
// arguments with a code.
func finish(c *cobra.Command) {
	if c.Example == "" {
		c.Example = examples[c.CommandPath()]
	}
	c.Example = "  " + strings.ReplaceAll(strings.TrimSpace(c.Example), "\n", "\n  ")
	if c.Example == "  " {
		c.Example = ""
	}
	c.DisableFlagsInUseLine = true
	if c.Runnable() && !strings.Contains(c.Use, "[flags]") && c.HasAvailableFlags() {
		c.Use += " [flags]"
	}
	if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			var f *fault.Error
			if err == nil || errors.As(err, &f) {
				return err
			}
			return fault.New(fault.APIField, "read arguments: %w; '%s --help' explains them", err, cmd.CommandPath())
		}
	}
	for _, sub := range c.Commands() {
		finish(sub)
	}
}

// first is what a stranger reads who types the name alone.
const first = `Tacit computes on data that nobody shows you, with code that nobody shows them,
and leaves a proof of what happened.

First steps, in two terminals:
  tacit up                       a whole network on this machine, until Ctrl-C
  tacit service publish FILE.wasm --as acme --name acme/sum
  tacit data publish FILE --as hospital --name hospital/rows --allow acme/sum
  tacit run acme/sum --data rows=hospital/rows
  tacit proof verify result/proof.json

'tacit demo' shows all of it, 'tacit doctor' says what this machine can do.`
