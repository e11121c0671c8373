package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tacit/engine/psi"
	"tacit/engine/psi/rows"
	"tacit/fault"
)

// A wordList is a public list that stands for a table nobody shows.
type wordList struct {
	alias, owner, pack, file string
	path                     string // where it was found
}

func (w *wordList) name() string { return w.owner + "/" + w.alias }

func wordLists() []*wordList {
	return []*wordList{
		{alias: "american", owner: "hospital", pack: "wamerican", file: "american-english"},
		{alias: "british", owner: "clinic", pack: "wbritish", file: "british-english"},
		{alias: "french", owner: "acme", pack: "wfrench", file: "french"},
	}
}

// setsDemo is the story of set operations: what parties have in common, on real lists.
type setsDemo struct {
	*demonstration
	dict, cache string
	lists       []*wordList
	inCommon    chart
}

// What the owners let out, and the widths of prepared sets: the longest word has 27 bytes.
const (
	demoTerms = "--allow builtin/psi --sets intersection,cardinality --min-set 1000 --min-group 100 --min-difference 10"
	demoWidth = "32"
	demoRoom  = "8388608" // bytes of an output, which has room for as many words as the smallest list
)

func (t *tool) demoPSI() *cobra.Command {
	d := setsDemo{demonstration: &demonstration{t: t}, lists: wordLists()}
	c := &cobra.Command{Use: "psi", Short: "What three owners have in common, on word lists of Debian", Args: cobra.NoArgs,
		Long: "What three owners have in common, on word lists of Debian (wamerican, wbritish, wfrench), which are\n" +
			"downloaded by apt-get where they are missing. Every answer is compared with that of sort and comm."}
	f := c.Flags()
	f.StringVar(&d.dict, "dict", "/usr/share/dict", "folder with the lists of installed packages")
	f.StringVar(&d.cache, "cache", "build/words", "folder for packages that are downloaded and not installed")
	f.StringVar(&d.bin, "bin", binFolder(), "folder of the programs")
	f.StringVar(&d.out, "out", "build/psi", "folder for results and the chart")
	f.BoolVar(&d.keep, "keep", false, "go on running at the end, until Ctrl-C")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := findWords(cmd.Context(), d.lists, d.dict, d.cache); err != nil {
			return err
		}
		return d.play(cmd.Context(), d.story, [][]string{
			{"tacit", "psi", "check", d.lists[0].path, "--column", "1", "--header=false"},
			{"tacit", "psi", "rows", filepath.Join(d.out, "hidden", "intersection.set"), "--out", "common.csv"},
		})
	}
	return c
}

// findWords finds each list in dict, or in cache, where a package that is missing is
// downloaded to. Nothing is installed.
func findWords(ctx context.Context, lists []*wordList, dict, cache string) error {
	var missing []string
	for _, w := range lists {
		if !w.find(dict, cache) {
			missing = append(missing, w.pack)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	said, err := download(ctx, missing, cache)
	for _, w := range lists {
		if w.path == "" && !w.find(dict, cache) {
			return fault.New(fault.APIPath, "find the word list %s: %w%s\nType this and start again:\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends %s",
				w.file, errors.Join(err, os.ErrNotExist), said, strings.Join(missing, " "))
		}
	}
	return nil
}

func (w *wordList) find(dict, cache string) bool {
	for _, folder := range []string{dict, filepath.Join(cache, "usr", "share", "dict")} {
		path := filepath.Join(folder, w.file)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			w.path = path
			return true
		}
	}
	return false
}

// download has apt-get fetch packages into a folder and unpacks them there. Where apt-get
// does not know them, only root can have it look for what there is.
func download(ctx context.Context, packages []string, cache string) (said string, err error) {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("make cache: %w", err)
	}
	do := func(name string, args ...string) bool {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Dir = cache
		out, e := cmd.CombinedOutput()
		if err = e; e != nil {
			said = "\n" + strings.TrimSpace(string(out))
		}
		return e == nil
	}
	get := append([]string{"download"}, packages...)
	if !do("apt-get", get...) && (os.Geteuid() != 0 || !do("apt-get", "update") || !do("apt-get", get...)) {
		return said, err
	}
	files, _ := filepath.Glob(filepath.Join(cache, "*.deb"))
	for _, f := range files {
		if !do("dpkg-deb", "-x", filepath.Base(f), ".") {
			return said, err
		}
	}
	return "", nil
}

// params writes the parameters of a task on some of the lists and returns their file.
func (d *setsDemo) params(name, operation, mode string, lists []*wordList) (string, error) {
	p := psi.Params{Operation: operation, Mode: mode, Parties: map[string]rows.Format{}}
	for _, w := range lists {
		p.Order = append(p.Order, w.alias)
		if p.Parties[w.alias] = (rows.Format{Kind: rows.Set}); mode == psi.Plain {
			p.Parties[w.alias] = rows.Format{Kind: rows.CSV, Header: new(bool), Column: "1"}
		}
	}
	return d.demonstration.params(name, p)
}

// task is the command that runs a set operation on some of the lists.
func (d *setsDemo) task(name, operation, mode, user string, lists []*wordList) ([]string, error) {
	path, err := d.params(name, operation, mode, lists)
	args := []string{"run", "--as", user, "builtin/psi"}
	for _, w := range lists {
		entry := w.name()
		if mode == psi.Oblivious {
			entry += "-set"
		}
		args = append(args, "--data", w.alias+"="+entry)
	}
	return append(args, "--params", path, "--max-output", demoRoom, "--out", filepath.Join(d.out, name)), err
}

// publish is the command that offers a file of a list's owner.
func (w *wordList) publish(file, name string) []string {
	return append([]string{"data", "publish", file, "--as", w.owner, "--name", name, "--price", "0.01"}, strings.Fields(demoTerms)...)
}

func (d *setsDemo) story(ctx context.Context) error {
	if err := os.MkdirAll(d.out, 0o700); err != nil {
		return fmt.Errorf("make folder for results: %w", err)
	}
	d.inCommon = chart{title: "Words that three lists have in common",
		note: "Sizes as enclaves of Tacit counted them; compared with sort and comm. Simulated platform: nothing is protected from the host."}
	for i, w := range d.lists {
		d.inCommon.sets = append(d.inCommon.sets, w.alias)
		d.inCommon.rows = append(d.inCommon.rows, chartRow{label: w.alias + " (" + w.owner + ")", of: []int{i}})
	}
	d.say("Three owners have a list each that they would not show; here they are Debian's word lists. They let out what all have in common and how much it is, to whoever asks, and nothing about fewer than 100 words.")
	commands := [][]string{{"service", "publish", "builtin/psi@1", "--as", "acme", "--name", "builtin/psi", "--price", "0.01"}}
	for _, w := range d.lists {
		commands = append(commands, w.publish(w.path, w.name()))
	}
	if err := d.all(ctx, commands); err != nil {
		return err
	}
	for _, chapter := range []func(context.Context) error{d.words, d.counts, d.hidden, d.union} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	d.say("What was computed, under which terms, on what machine, who was paid? From one file, offline:")
	if err := d.run(ctx, "proof", "verify", filepath.Join(d.out, "hidden", "proof.json")); err != nil {
		return err
	}
	path := filepath.Join(d.out, "intersections.svg")
	if err := d.draw(path); err != nil {
		return err
	}
	d.say("The sizes, as a picture for any browser: %s", path)
	for _, r := range d.inCommon.rows {
		fmt.Fprintf(d.t.out, "%-30s %9s\n", r.label, grouped(r.size))
	}
	d.say("On a platform of hardware: nobody saw a list but its owner, the host saw ciphertext and sizes. In plain mode a host that watches which memory is touched learns how often ids meet; in oblivious mode what it sees follows from declared sizes (docs/psi.md says what is claimed and what not). Who gets an answer learns the answer, and the sizes of the lists with it. This platform is simulated: it protects nothing from the owner of this machine.")
	return nil
}

// words asks for the words that two lists have in common.
func (d *setsDemo) words(ctx context.Context) error {
	d.say("Alice asks for the words that two lists have in common, in plain mode.")
	two := d.lists[:2]
	args, err := d.task("both", psi.Intersection, psi.Plain, "alice", two)
	if err != nil {
		return err
	}
	if err := d.run(ctx, args...); err != nil {
		return err
	}
	d.say("Is it right? sort and comm on the bare lists:")
	if err := d.compare(ctx, "both", two); err != nil {
		return err
	}
	return d.sameWords(filepath.Join(d.out, "both", "intersection.csv"), "both")
}

// counts asks how much the third list has in common with each and with both.
func (d *setsDemo) counts(ctx context.Context) error {
	d.say("Each owner asks how many words one of the others and the third list share, and Alice about all three: sizes, no words.")
	a, b, c := d.lists[0], d.lists[1], d.lists[2]
	asked := []struct {
		name, user string
		of         []*wordList
	}{{"first", "clinic", []*wordList{a, c}}, {"second", "hospital", []*wordList{b, c}}, {"all", "alice", d.lists}}
	var commands [][]string
	for _, q := range asked {
		args, err := d.task(q.name, psi.Cardinality, psi.Plain, q.user, q.of)
		if err != nil {
			return err
		}
		commands = append(commands, args)
	}
	if err := d.all(ctx, commands); err != nil {
		return err
	}
	d.say("Compared with sort and comm:")
	for _, q := range asked {
		if err := d.compare(ctx, q.name, q.of); err != nil {
			return err
		}
	}
	return nil
}

// hidden asks the same in oblivious mode, of sets that the owners prepare at home.
func (d *setsDemo) hidden(ctx context.Context) error {
	d.say("The same in oblivious mode. Each owner prepares his list at home: sorted, of one width, with room for more, so that its size does not tell how many words there are.")
	var prepare, publish [][]string
	for _, w := range d.lists {
		file := filepath.Join(d.home, w.alias+".set")
		prepare = append(prepare, []string{"psi", "prepare", w.path, "--column", "1", "--header=false", "--width", demoWidth, "--out", file})
		publish = append(publish, w.publish(file, w.name()+"-set"))
	}
	for _, commands := range [][][]string{prepare, publish} {
		if err := d.all(ctx, commands); err != nil {
			return err
		}
	}
	words, err := d.task("hidden", psi.Intersection, psi.Oblivious, "alice", d.lists[:2])
	if err != nil {
		return err
	}
	sizes, err := d.task("hidden-all", psi.Cardinality, psi.Oblivious, "clinic", d.lists)
	if err != nil {
		return err
	}
	if err := d.all(ctx, [][]string{words, sizes}); err != nil {
		return err
	}
	csv := filepath.Join(d.home, "hidden.csv")
	if err := d.run(ctx, "psi", "rows", filepath.Join(d.out, "hidden", "intersection.set"), "--out", csv); err != nil {
		return err
	}
	if err := d.compare(ctx, "hidden", d.lists[:2]); err != nil {
		return err
	}
	if err := d.sameWords(csv, "hidden"); err != nil {
		return err
	}
	return d.compare(ctx, "hidden-all", d.lists)
}

// union asks for what the terms do not name; being allowed would be the failure.
func (d *setsDemo) union(ctx context.Context) error {
	d.say("A union would tell each list to the others. The terms do not name it:")
	args, err := d.task("never", psi.Union, psi.Plain, "alice", d.lists[:2])
	if err != nil {
		return err
	}
	return d.refused(ctx, "does not allow the operation union", args)
}

// compare holds the size that a task found against that of sort and comm, whose words are
// left in NAME.words of the home, and keeps it for the chart.
func (d *setsDemo) compare(ctx context.Context, name string, lists []*wordList) error {
	var report struct {
		Parties []struct {
			Alias    string
			Distinct uint64
		}
		Cardinality uint64
	}
	b, err := os.ReadFile(filepath.Join(d.out, name, "summary.json"))
	if err == nil {
		err = json.Unmarshal(b, &report)
	}
	if err != nil {
		return fault.New(fault.TaskFailed, "read the summary of %s: %w", name, err)
	}
	script := "sort -u " + lists[0].path
	for _, w := range lists[1:] {
		script = "sort -u " + w.path + " | comm -12 - <(" + script + ")"
	}
	d.shown(script, "| wc -l")
	words := filepath.Join(d.home, name+".words")
	cmd := exec.CommandContext(ctx, "bash", "-c", "set -o pipefail; "+script+` > "$0"`, words)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fault.New(fault.TaskFailed, "sort and comm: %w: %s", err, out)
	}
	plain, err := os.ReadFile(words)
	if err != nil {
		return fmt.Errorf("read what comm found: %w", err)
	}
	want := uint64(strings.Count(string(plain), "\n"))
	if report.Cardinality != want {
		return fault.New(fault.TaskFailed, "compare %s: the enclave says %d, comm says %d", name, report.Cardinality, want)
	}
	fmt.Fprintf(d.t.out, "%d\nthe enclave says the same: %d\n", want, report.Cardinality)
	var of []int
	var labels []string
	for _, p := range report.Parties {
		i := slices.Index(d.inCommon.sets, p.Alias)
		if i < 0 {
			return fault.New(fault.TaskFailed, "compare %s: its summary names %q", name, p.Alias)
		}
		of, labels = append(of, i), append(labels, p.Alias)
		d.inCommon.rows[i].size = p.Distinct
	}
	row := chartRow{label: strings.Join(labels, " ∩ "), of: of, size: want}
	if !slices.ContainsFunc(d.inCommon.rows, func(r chartRow) bool { return r.label == row.label }) {
		d.inCommon.rows = append(d.inCommon.rows, row)
	}
	return nil
}

// sameWords holds a result's words against those of comm, whatever their order.
func (d *setsDemo) sameWords(csv, name string) error {
	got, err := os.ReadFile(csv)
	if err != nil {
		return fmt.Errorf("read the result: %w", err)
	}
	want, err := os.ReadFile(filepath.Join(d.home, name+".words"))
	if err != nil {
		return fmt.Errorf("read what comm found: %w", err)
	}
	lines := strings.Split(strings.TrimSuffix(string(got), "\n"), "\n")[1:] // without the head
	slices.Sort(lines)
	if strings.Join(lines, "\n")+"\n" != string(want) {
		return fault.New(fault.TaskFailed, "compare %s: it has %d words, but not those of comm", name, len(lines))
	}
	fmt.Fprintf(d.t.out, "and they are the same %s words, byte for byte\n", strconv.Itoa(len(lines)))
	return nil
}

func (d *setsDemo) draw(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write chart: %w", err)
	}
	return errors.Join(d.inCommon.write(f), f.Close())
}
