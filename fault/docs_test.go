package fault_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"tacit/fault"
)

var update = flag.Bool("update", false, "rewrite docs/errors.md")

const docs = "../docs/errors.md"

// page writes the table for people.
func page() string {
	var b strings.Builder
	b.WriteString("# Errors\n\n" +
		"Every refusal and failure bears one of these codes, on the command line, in the API and in logs.\n" +
		"The code is stable; the text around it may change. *Retry* says whether the same request may\n" +
		"succeed later, *exit* is the exit status of `tacit`, *side* is who has to act.\n\n" +
		"This page is made from `fault/table.go` by `go test ./fault -update`.\n\n" +
		"| exit | meaning |\n|---|---|\n" +
		"| 0 | done |\n| 1 | failed for another reason |\n| 2 | wrong usage |\n| 3 | denied by the owner's terms |\n" +
		"| 4 | attestation or a proof refused |\n| 5 | collateral unavailable, which is never a verdict |\n" +
		"| 6 | no eligible worker |\n| 7 | payment |\n| 8 | the service failed |\n| 9 | too late |\n\n" +
		"| code | what it means | what to do | exit | retry | side |\n|---|---|---|---|---|---|\n")
	for _, e := range fault.Table {
		retry := "no"
		if e.Retry {
			retry = "yes"
		}
		fmt.Fprintf(&b, "| <a id=%q></a>`%s` | %s | %s | %d | %s | %s |\n",
			strings.ToLower(string(e.Code)), e.Code, e.Sentence, e.Next, e.Exit, retry, e.Side)
	}
	return b.String()
}

func TestDocsAreCurrent(t *testing.T) {
	if *update {
		if err := os.WriteFile(docs, []byte(page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != page() {
		t.Error("docs/errors.md is not made from this table: run go test ./fault -update")
	}
}
