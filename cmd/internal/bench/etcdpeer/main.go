// Command etcdpeer is what bench-store compares with: a member of an etcd cluster, and
// a generator of load with etcd's own client. It is a module of its own, so that the
// product's does not know of etcd.
//
//	etcdpeer node    a member; its configuration and orders are lines of JSON
//	etcdpeer load    a generator, told in the same way
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"sync"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
)

// plan is the first line.
type plan struct {
	Name, Dir     string
	Peers, Own    string // URLs of a member
	Cluster       string
	CA, Cert, Key string // files
	Endpoints     []string
}

type order struct {
	Op      string  `json:"op"`
	Index   int     `json:"index"`
	Clients int     `json:"clients"`
	Size    int     `json:"size"`
	Keys    int     `json:"keys"`
	Seconds float64 `json:"seconds"`
	At      int64   `json:"at"`
}

type outcome struct {
	Err     string  `json:"err"`
	Count   int     `json:"count"`
	Failed  int     `json:"failed"`
	Seconds float64 `json:"seconds"`
	P50     float64 `json:"p50"`
	P99     float64 `json:"p99"`
	At      int64   `json:"at"`
	Leads   bool    `json:"leads"`
	Follows bool    `json:"follows"`
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "etcdpeer:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: etcdpeer node | load")
	}
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return err
	}
	var p plan
	if err := json.Unmarshal(line, &p); err != nil {
		return err
	}
	switch args[0] {
	case "node":
		return node(in, p)
	case "load":
		return load(ctx, in, p)
	}
	return errors.New("usage: etcdpeer node | load")
}

func obey(in *bufio.Reader, do func(order) (outcome, error)) error {
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var o order
		if err := json.Unmarshal(line, &o); err != nil {
			return err
		}
		res, err := do(o)
		if err != nil {
			res.Err = err.Error()
		}
		if err := out.Encode(res); err != nil {
			return err
		}
	}
}

// node is a member with etcd's defaults, fsync among them, and mutual TLS.
func node(in *bufio.Reader, p plan) error {
	cfg := embed.NewConfig()
	cfg.Name, cfg.Dir, cfg.InitialCluster = p.Name, p.Dir, p.Cluster
	peers, err := url.Parse(p.Peers)
	if err != nil {
		return err
	}
	own, err := url.Parse(p.Own)
	if err != nil {
		return err
	}
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = []url.URL{*peers}, []url.URL{*peers}
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = []url.URL{*own}, []url.URL{*own}
	tls := transport.TLSInfo{CertFile: p.Cert, KeyFile: p.Key, TrustedCAFile: p.CA, ClientCertAuth: true}
	cfg.ClientTLSInfo, cfg.PeerTLSInfo = tls, tls
	cfg.LogLevel, cfg.LogOutputs = "error", []string{"stderr"}
	cfg.QuotaBackendBytes = 8 << 30
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		return err
	}
	defer e.Close()
	return obey(in, func(o order) (outcome, error) {
		if o.Op != "status" {
			return outcome{}, errors.New("no such order: " + o.Op)
		}
		leader := e.Server.Leader()
		return outcome{Leads: leader == e.Server.MemberID(), Follows: leader != 0 && leader != e.Server.MemberID()}, nil
	})
}

// mostConns is how many connections the clients of one generator share.
const mostConns = 8

type loader struct {
	plan
	conns []*clientv3.Client

	mu   sync.Mutex // guards what follows
	puts [][2]int64
}

func (l *loader) connect(to ...string) error {
	tls, err := transport.TLSInfo{CertFile: l.Cert, KeyFile: l.Key, TrustedCAFile: l.CA}.ClientConfig()
	if err != nil {
		return err
	}
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
	for range mostConns {
		c, err := clientv3.New(clientv3.Config{Endpoints: to, TLS: tls, DialTimeout: 5 * time.Second, Logger: zap.NewNop()})
		if err != nil {
			return err
		}
		l.conns = append(l.conns, c)
	}
	return nil
}

func load(ctx context.Context, in *bufio.Reader, p plan) error {
	l := &loader{plan: p}
	if err := l.connect(p.Endpoints...); err != nil {
		return err
	}
	stop := func() {}
	return obey(in, func(o order) (outcome, error) {
		switch o.Op {
		case "aim": // the leader alone, which is etcd's fastest way
			if o.Index < 0 {
				return outcome{}, l.connect(p.Endpoints...)
			}
			return outcome{}, l.connect(p.Endpoints[o.Index])
		case "puts", "gets":
			return l.run(ctx, o), nil
		case "fill":
			return outcome{}, l.fill(ctx, o)
		case "light":
			var lit context.Context
			lit, stop = context.WithCancel(ctx)
			go l.lightly(lit)
			return outcome{}, nil
		case "dark":
			stop()
			return outcome{}, nil
		case "since":
			return l.since(o.At)
		}
		return outcome{}, errors.New("no such order: " + o.Op)
	})
}

func keyOf(i int) string { return fmt.Sprintf("bench/%07d", i) }

func (l *loader) run(ctx context.Context, o order) outcome {
	var mu sync.Mutex
	var all []float64
	var out outcome
	var wg sync.WaitGroup
	began := time.Now()
	end := began.Add(time.Duration(o.Seconds * float64(time.Second)))
	for i := range o.Clients {
		wg.Go(func() {
			c := l.conns[i%mostConns]
			value := make([]byte, o.Size)
			for at := 0; at+8 <= len(value); at += 8 {
				binary.LittleEndian.PutUint64(value[at:], rand.Uint64())
			}
			var ms []float64
			failed := 0
			for time.Now().Before(end) {
				key := keyOf(rand.IntN(o.Keys))
				binary.LittleEndian.PutUint64(value, rand.Uint64())
				start := time.Now()
				for {
					once, cancel := context.WithTimeout(ctx, 5*time.Second)
					var err error
					if o.Op == "gets" {
						var res *clientv3.GetResponse
						res, err = c.Get(once, key)
						if err == nil && (len(res.Kvs) != 1 || len(res.Kvs[0].Value) != o.Size) {
							err = errors.New("get: another value")
						}
					} else {
						_, err = c.Put(once, key, string(value))
					}
					cancel()
					if err == nil {
						break
					}
					failed++
					time.Sleep(2 * time.Millisecond)
				}
				ms = append(ms, float64(time.Since(start).Nanoseconds())/1e6)
			}
			mu.Lock()
			all = append(all, ms...)
			out.Failed += failed
			mu.Unlock()
		})
	}
	wg.Wait()
	out.Seconds, out.Count = time.Since(began).Seconds(), len(all)
	slices.Sort(all)
	if n := len(all); n > 0 {
		out.P50, out.P99 = all[n/2], all[n*99/100]
	}
	return out
}

// fill gives every key a value.
func (l *loader) fill(ctx context.Context, o order) error {
	value := make([]byte, o.Size)
	for i := 0; i < o.Keys; i += 100 {
		var ops []clientv3.Op
		for k := i; k < min(i+100, o.Keys); k++ {
			ops = append(ops, clientv3.OpPut(keyOf(k), string(value)))
		}
		if _, err := l.conns[0].Txn(ctx).Then(ops...).Commit(); err != nil {
			return err
		}
	}
	return nil
}

// lightly puts a value every ten milliseconds. A try is given up soon, because a
// follower holds what it forwards to a leader that has gone.
func (l *loader) lightly(ctx context.Context) {
	for i := 0; ctx.Err() == nil; i++ {
		once, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		began := time.Now().UnixNano()
		_, err := l.conns[0].Put(once, keyOf(i%100), "0123456789abcdef0123456789abcdef")
		cancel()
		if err == nil {
			l.mu.Lock()
			l.puts = append(l.puts, [2]int64{began, time.Now().UnixNano()})
			l.mu.Unlock()
			time.Sleep(10 * time.Millisecond)
			continue
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (l *loader) since(at int64) (outcome, error) {
	for range 6000 {
		l.mu.Lock()
		for i := len(l.puts) - 1; i >= 0 && l.puts[i][0] >= at; i-- {
			if i == 0 || l.puts[i-1][0] < at {
				end := l.puts[i][1]
				l.mu.Unlock()
				return outcome{At: end}, nil
			}
		}
		l.mu.Unlock()
		time.Sleep(10 * time.Millisecond)
	}
	return outcome{}, errors.New("no put succeeds within a minute")
}
