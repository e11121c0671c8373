// Package agent is what crash tests add to a program that was built with
// failpoints: a socket over which the test arms them. The programs of a network
// have no environment and no arguments of their own, so the library's usual
// ways of arming do not reach them.
//
// Nothing but a copy of the tree that a test has changed links it.
package agent

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"go.etcd.io/gofail/runtime"
)

// Start listens at dir/KIND-PID and answers, one line each:
//
//	enable NAME TERMS    terms as gofail writes them
//	disable NAME
//	count NAME           how often its terms were evaluated, also while one sleeps
//
// It is called before main. The walled child of an enclave, which is the same
// program, gets no agent.
func Start(dir, kind string) bool {
	if len(os.Args) == 2 && os.Args[1] == "guest" {
		return false
	}
	hold(dir, kind)
	if err := watch(dir, kind); err != nil {
		fmt.Fprintln(os.Stderr, "watch the disk:", err)
		return false
	}
	l, err := net.Listen("unix", filepath.Join(dir, fmt.Sprintf("%s-%d", kind, os.Getpid())))
	if err != nil {
		return false // the test sees that the socket is missing
	}
	_ = runtime.Enable("enclaveGrants", fmt.Sprintf("return(%q)", filepath.Join(dir, "grants")))
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return true
}

func serve(c net.Conn) {
	defer c.Close()
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		fmt.Fprintln(c, answer(strings.SplitN(lines.Text(), " ", 3)))
	}
}

func answer(words []string) string {
	var err error
	switch {
	case len(words) == 3 && words[0] == "enable":
		err = runtime.Enable(words[1], words[2])
	case len(words) == 2 && words[0] == "disable":
		err = runtime.Disable(words[1])
	case len(words) == 2 && words[0] == "count":
		var n int
		if _, n, err = runtime.Status(words[1]); err == nil {
			return fmt.Sprint(n)
		}
	default:
		err = fmt.Errorf("unknown command %q", words)
	}
	if err != nil {
		return "error: " + err.Error()
	}
	return "ok"
}
