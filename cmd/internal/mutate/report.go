package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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

// rows are the lines of a report's tables.
func rows(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(cells(line)) == 4 && strings.Contains(cells(line)[0], ":") {
			out = append(out, line)
		}
	}
	return out
}

func cells(row string) []string {
	list := strings.Split(strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(row, "| "), " |"), `\|`, "\x00"), " | ")
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "\x00", "|")
	}
	return list
}

func fileOf(row string) string {
	file, _, _ := strings.Cut(cells(row)[0], ":")
	return file
}

// readKnown are the keys of the checks that a report says are alive.
func readKnown(text string) map[string]bool {
	out := map[string]bool{}
	for _, row := range rows(text) {
		if strings.HasPrefix(cells(row)[3], "ALIVE") {
			out[keyOf(row)] = true
		}
	}
	return out
}

// readDecided are the keys of the checks that a report says are noticed, or live for
// a reason.
func readDecided(text string) map[string]bool {
	out := map[string]bool{}
	for _, row := range rows(text) {
		if what := cells(row)[3]; strings.HasPrefix(what, "`") || strings.HasPrefix(what, "lives:") {
			out[keyOf(row)] = true
		}
	}
	return out
}

// keyOf is the Key of a row's check.
func keyOf(row string) string {
	c := cells(row)
	return fileOf(row) + " " + strings.ReplaceAll(c[1]+" "+c[2], "`", "")
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// render makes the rows and counts the survivors that no reason excuses and
// that are not known.
func render(verdicts []Verdict, reasons map[string]string, known map[string]bool) (string, int) {
	var rows strings.Builder
	fresh := 0
	for _, v := range verdicts {
		what := "`" + v.Killer + "`"
		switch reason := reasons[v.Key()]; {
		case v.Killer != "":
		case reason != "":
			what = "lives: " + reason
		case v.Pending:
			what = "not decided: the time ended before the tests of other packages"
		default:
			if !known[v.Key()] {
				fresh++
			}
			what = "ALIVE"
			if v.Tried == 0 {
				what = "ALIVE: no test makes it refuse"
			}
		}
		fmt.Fprintf(&rows, "| %s:%d | `%s` | `%s`%s | %s |\n", v.File, v.Line, v.Func, cell(v.Cond), v.nth(), cell(what))
	}
	return rows.String(), fresh
}

// summary is the line above a table of so many rows.
func summary(list []string, of int) string {
	noticed, excused, pending, alive := 0, 0, 0, 0
	for _, row := range list {
		switch what := cells(row)[3]; {
		case strings.HasPrefix(what, "`"):
			noticed++
		case strings.HasPrefix(what, "lives:"):
			excused++
		case strings.HasPrefix(what, "not decided"):
			pending++
		default:
			alive++
		}
	}
	return fmt.Sprintf("%d of %d checks taken out: %d noticed, %d live for a reason, %d not decided, %d ALIVE.", len(list), of, noticed, excused, pending, alive)
}

const (
	partGo  = "## Go\n\n"
	partSol = "## Contracts\n\n"
)

// replacePart renews the rows of some files in one part of the report and keeps
// those of others, and of the checks in kept.
func replacePart(name string, contracts bool, of int, table string, kept map[string]bool) error {
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
		solPart = merge(solPart, table, of, kept)
	} else {
		goPart = merge(goPart, table, of, kept) + "\n"
	}
	return os.WriteFile(name, []byte(head+partGo+goPart+partSol+solPart), 0o644)
}

func merge(was, table string, of int, kept map[string]bool) string {
	list := rows(table)
	renewed := map[string]bool{}
	for _, row := range list {
		renewed[fileOf(row)] = true
	}
	for _, row := range rows(was) {
		if !renewed[fileOf(row)] || kept[keyOf(row)] {
			list = append(list, row)
		}
	}
	slices.SortStableFunc(list, func(a, b string) int {
		return cmp.Or(strings.Compare(filepath.Dir(fileOf(a)), filepath.Dir(fileOf(b))), strings.Compare(fileOf(a), fileOf(b)))
	})
	return summary(list, of) + "\n\n| place | function | check | noticed by |\n|---|---|---|---|\n" + strings.Join(list, "\n") + "\n"
}
