package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"tacit/engine/wasm"
)

// peer runs one WebAssembly job after another on a Bacalhau devstack, which
// runs them without sealing, attestation, committee and money, and returns the
// median milliseconds from handing a job in to its being completed.
func peer(ctx context.Context, program string, count int) (float64, error) {
	home, err := os.MkdirTemp("", "tacit-peer-")
	if err != nil {
		return 0, fmt.Errorf("make the peer's home: %w", err)
	}
	defer os.RemoveAll(home)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	cmd := exec.CommandContext(ctx, program, "devstack", "--hybrids", "1", "--computes", "0", "--orchestrators", "0",
		"-c", "API.Host=127.0.0.1", "-c", "API.Port="+strconv.Itoa(port), "-c", "DisableAnalytics=true", "-c", "UpdateConfig.Interval=0", "-c", "WebUI.Enabled=false")
	cmd.Env = append(os.Environ(), "HOME="+home, "BACALHAU_DIR="+home)
	cmd.Dir = home
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	// That signal comes when the thread ends, not the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start the peer: %w", err)
	}
	defer func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	}()
	code, err := wasm.Assemble(`(module (memory (export "memory") 1) (func $main (export "_start")))`)
	if err != nil {
		return 0, err
	}
	api := fmt.Sprintf("http://127.0.0.1:%d/api/v1/orchestrator/jobs", port)
	var ms []float64
	for i := 0; i < count+5; i++ {
		took, err := peerJob(ctx, api, code, i)
		if err != nil && len(ms) == 0 && i == 0 {
			// It starts; ask until it answers.
			for until := time.Now().Add(90 * time.Second); err != nil && time.Now().Before(until); {
				if err := wait(ctx, time.Second); err != nil {
					return 0, err
				}
				took, err = peerJob(ctx, api, code, i)
			}
		}
		if err != nil {
			return 0, err
		}
		if i >= 5 { // the first ones warm it up
			ms = append(ms, float64(took.Microseconds())/1000)
		}
	}
	slices.Sort(ms)
	return ms[len(ms)/2], nil
}

func peerJob(ctx context.Context, api string, code []byte, i int) (time.Duration, error) {
	type object = map[string]any
	body, err := json.Marshal(object{"Job": object{
		"Name": fmt.Sprintf("job-%d-%d", os.Getpid(), i), "Type": "batch", "Count": 1, "Namespace": "default",
		"Tasks": []object{{
			"Name":   "main",
			"Engine": object{"Type": "wasm", "Params": object{"EntryModule": "/app/main.wasm", "Entrypoint": "_start"}},
			"InputSources": []object{{"Target": "/app/main.wasm", "Source": object{
				"Type": "inline", "Params": object{"URL": "data:application/octet-stream;base64," + base64.StdEncoding.EncodeToString(code)},
			}}},
		}},
	}})
	if err != nil {
		return 0, fmt.Errorf("write the peer's job: %w", err)
	}
	began := time.Now()
	var put struct{ JobID string }
	if err := peerAsk(ctx, http.MethodPut, api, body, &put); err != nil {
		return 0, err
	}
	for {
		var got struct {
			Job struct {
				State struct{ StateType, Message string }
			}
		}
		if err := peerAsk(ctx, http.MethodGet, api+"/"+put.JobID, nil, &got); err != nil {
			return 0, err
		}
		switch got.Job.State.StateType {
		case "Completed":
			return time.Since(began), nil
		case "Failed", "Stopped":
			return 0, fmt.Errorf("the peer's job ended %s: %s", got.Job.State.StateType, got.Job.State.Message)
		}
		if err := wait(ctx, 2*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

func peerAsk(ctx context.Context, method, url string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask the peer: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask the peer: %w", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("ask the peer: status %d: %.200s", res.StatusCode, b)
	}
	return json.Unmarshal(b, out)
}
