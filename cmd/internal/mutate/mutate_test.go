package main

import (
	"strings"
	"testing"
)

const goSource = `package p

func check(a int, err error) error {
	if err != nil {
		return err
	}
	if a > 1 {
		return nil
	}
	switch {
	case a < 0 || a == -7:
		return bad("negative")
	case a == 0:
		a = 1
	}
	rule(a == 1, "one", "1", "other")
	each(func(b int) bool {
		if b == a {
			return false
		}
		return true
	})
	if a == 9 {
		say("nine")
	}
	return nil
}
`

func TestGuardsOfGo(t *testing.T) {
	guards, err := readGo("p.go", []byte(goSource))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range guards {
		guards[i].ID = i + 1
		got = append(got, guards[i].Cond)
	}
	if want := "err != nil; a < 0 || a == -7; a == 1; b == a; a == 9"; strings.Join(got, "; ") != want {
		t.Errorf("guards = %q, want %q", strings.Join(got, "; "), want)
	}
	woven := weaveGo([]byte(goSource), guards)
	for _, want := range []string{
		"if mutantHolds(1, err != nil) {", "case mutantHolds(2, a < 0 || a == -7):", "rule(!mutantHolds(3, !(a == 1)), \"one\"", "if mutantHolds(4, b == a) {", "if a > 1 {",
	} {
		if !strings.Contains(woven, want) {
			t.Errorf("it lacks %q:\n%s", want, woven)
		}
	}
	if strings.Count(woven, "\n") != strings.Count(goSource, "\n") {
		t.Error("lines moved")
	}
	if _, err := readGo("p.go", []byte(woven)); err != nil {
		t.Error(err)
	}
}

func TestAGuardInAGuardIsWovenInside(t *testing.T) {
	const text = "package p\n\nfunc f(l []int) error {\n\tif any(l, func(a int) bool { if a > 1 { return false }; return true }) {\n\t\treturn bad()\n\t}\n\treturn nil\n}\n"
	guards, err := readGo("p.go", []byte(text))
	if err != nil || len(guards) != 2 {
		t.Fatalf("%v, %v", guards, err)
	}
	guards[0].ID, guards[1].ID = 1, 2
	if woven, want := weaveGo([]byte(text), guards), "if mutantHolds(1, any(l, func(a int) bool { if mutantHolds(2, a > 1) { return false }; return true })) {"; !strings.Contains(woven, want) {
		t.Errorf("it lacks %q:\n%s", want, woven)
	}
}

func TestGuardsOfAContract(t *testing.T) {
	const text = `contract C {
    // if (nothing) revert Here();
    function f(uint256 a) internal pure returns (bool) {
        if (a == 0) revert Zero();
        if (
            a > 1 || (a < 9 && a != 3)
        ) {
            revert Other();
        }
        if (a == 4) a = 5;
        return true;
    }
}
`
	guards := readSol("C.sol", text)
	if len(guards) != 2 || guards[0].Cond != "a == 0" || guards[0].Func != "f" || guards[0].Line != 4 || guards[1].Cond != "a > 1 || (a < 9 && a != 3)" {
		t.Fatalf("%+v", guards)
	}
	guards[0].ID, guards[1].ID = 1, 2
	woven := weaveSol(text, guards)
	for _, want := range []string{"if ((a == 0) && address(uint160(" + switchboard + " + 1)).balance == 0) revert Zero();", "internal view returns", "if (a == 4) a = 5;"} {
		if !strings.Contains(woven, want) {
			t.Errorf("it lacks %q:\n%s", want, woven)
		}
	}
}

func TestTheTableSaysWhatLives(t *testing.T) {
	g := func(cond string) Guard { return Guard{File: "a.go", Line: 7, Func: "f", Cond: cond} }
	table, alive := render([]Verdict{
		{Guard: g("one || two"), Killer: "p TestOne"}, {Guard: g("two"), Tried: 3}, {Guard: g("three")}, {Guard: g("four"), Pending: true}, {Guard: g("five")},
	}, map[string]string{"a.go f five": "never so"}, nil)
	if alive != 2 {
		t.Errorf("%d are alive, want 2", alive)
	}
	again := []Verdict{{Guard: g("two")}, {Guard: g("six || seven")}}
	if _, fresh := render(again, nil, readKnown(table)); fresh != 1 {
		t.Errorf("%d are alive that the table does not name, want 1", fresh)
	}
	table = merge("| old.go:1 | `f` | `x` | ALIVE |\n| a.go:1 | `g` | `gone` | ALIVE |\n", table, 9, nil)
	for _, want := range []string{
		"6 of 9 checks taken out: 1 noticed, 1 live for a reason, 1 not decided, 3 ALIVE.", "| old.go:1 |", "| a.go:7 | `f` | `one \\|\\| two` | `p TestOne` |",
		"| `two` | ALIVE |", "| `three` | ALIVE: no test makes it refuse |", "| `five` | lives: never so |",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("it lacks %q:\n%s", want, table)
		}
	}
	if strings.Contains(table, "gone") {
		t.Errorf("a row of a file that was tried again stays:\n%s", table)
	}
	decided := readDecided(table)
	if !decided["a.go f one || two"] || !decided["a.go f five"] || len(decided) != 2 {
		t.Errorf("decided are %v", decided)
	}
	retried, _ := render([]Verdict{{Guard: g("two"), Killer: "p TestTwo"}}, nil, nil)
	if table = merge(table, retried, 9, decided); !strings.Contains(table, "4 of 9 checks") || !strings.Contains(table, "`p TestOne`") || !strings.Contains(table, "never so") || !strings.Contains(table, "`p TestTwo`") {
		t.Errorf("what was kept and what was tried again:\n%s", table)
	}
}

func TestAReasonExcusesOneCheck(t *testing.T) {
	list := []Guard{{File: "a.go", Func: "f", Cond: "err != nil"}, {File: "a.go", Func: "f", Cond: "err != nil"}, {File: "a.go", Func: "g", Cond: "err != nil"}}
	number(list)
	if list[0].Key() != "a.go f err != nil" || list[1].Key() != "a.go f err != nil #2" || list[2].Key() != "a.go g err != nil" {
		t.Fatalf("%+v", list)
	}
	table, alive := render([]Verdict{{Guard: list[0]}, {Guard: list[1]}}, map[string]string{list[1].Key(): "why"}, nil)
	if alive != 1 || !readKnown(table)[list[0].Key()] || readKnown(table)[list[1].Key()] {
		t.Errorf("%d alive:\n%s", alive, table)
	}
}

func TestNamedChecksAreFoundInTheTable(t *testing.T) {
	const text = "| case | code | test | twin | check |\n|---|---|---|---|---|\n| N02 | EVID_BINDING | `manager/release_test.go` `TestN02` | twin: a \\| b | `attest/attest.go:Data` |\n"
	names := readCases(text)
	if len(names) != 1 || names[0] != (named{"attest/attest.go", "Data", "manager"}) {
		t.Fatalf("%+v", names)
	}
	if !names[0].called(Guard{File: "attest/attest.go", Func: "f", Cond: "want != data"}) || names[0].called(Guard{File: "attest/sim.go", Func: "Data", Cond: "x"}) {
		t.Error("called")
	}
}
