package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// A Verdict says which test noticed that a check was gone, "" if none did.
type Verdict struct {
	Guard
	Killer string
	Tried  int // tests in which the check refused something
	// Pending: the time ended before all tests that could notice have run.
	Pending bool
}

// readReasons reads why a check may live: lines of key, tab, reason.
func readReasons(name string) (map[string]string, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, reason, ok := strings.Cut(line, "\t")
		if !ok || reason == "" {
			return nil, fmt.Errorf("%s: no reason in %q", name, line)
		}
		out[key] = reason
	}
	return out, nil
}

// readKnown are the keys of the checks that a report says are alive.
func readKnown(text string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00"), " | ")
		if len(cells) != 4 || !strings.HasPrefix(cells[3], "ALIVE") {
			continue
		}
		file, _, _ := strings.Cut(strings.TrimPrefix(cells[0], "| "), ":")
		out[file+" "+strings.Trim(cells[1], "`")+" "+strings.ReplaceAll(strings.Trim(cells[2], "`"), "\x00", "|")] = true
	}
	return out
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// render makes the table and counts the survivors that no reason excuses and
// that are not known.
func render(verdicts []Verdict, of int, reasons map[string]string, known map[string]bool) (string, int) {
	var rows strings.Builder
	killed, excused, alive, pending, fresh := 0, 0, 0, 0, 0
	for _, v := range verdicts {
		what := "`" + v.Killer + "`"
		switch reason := reasons[v.Key()]; {
		case v.Killer != "":
			killed++
		case reason != "":
			excused++
			what = "lives: " + reason
		case v.Pending:
			pending++
			what = "not decided: the time ended before the tests of other packages"
		default:
			alive++
			if !known[v.Key()] {
				fresh++
			}
			what = "ALIVE"
			if v.Tried == 0 {
				what = "ALIVE: no test makes it refuse"
			}
		}
		fmt.Fprintf(&rows, "| %s:%d | `%s` | `%s` | %s |\n", v.File, v.Line, v.Func, cell(v.Cond), cell(what))
	}
	head := fmt.Sprintf("%d of %d checks taken out: %d noticed, %d live for a reason, %d not decided, %d ALIVE.\n\n| place | function | check | noticed by |\n|---|---|---|---|\n",
		len(verdicts), of, killed, excused, pending, alive)
	return head + rows.String(), fresh
}

const (
	partGo  = "## Go\n\n"
	partSol = "## Contracts\n\n"
)

// replacePart renews one part of the report and keeps the other.
func replacePart(name string, contracts bool, table string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(text), partGo)
	goPart, solPart, ok2 := strings.Cut(rest, partSol)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no parts Go and Contracts", name)
	}
	if contracts {
		solPart = table
	} else {
		goPart = table + "\n"
	}
	return os.WriteFile(name, []byte(head+partGo+goPart+partSol+solPart), 0o644)
}
