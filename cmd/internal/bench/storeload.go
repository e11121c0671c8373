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
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/atls"
	"tacit/rpc"
	"tacit/wire"
)

// An order is one line to a process of bench-store, or of the peer's; each is answered
// by one line. The first line that a process gets says what it is.
type order struct {
	Op      string  `json:"op"`
	Index   int     `json:"index"`   // aim: whom to ask first
	Clients int     `json:"clients"` // each has one operation under way
	Size    int     `json:"size"`    // of a value
	Keys    int     `json:"keys"`
	Seconds float64 `json:"seconds"`
	At      int64   `json:"at"` // since: a moment, in nanoseconds of the clock
	Path    string  `json:"path"`
	Plan    []byte  `json:"plan"`
}

// outcome answers an order.
type outcome struct {
	Err      string  `json:"err"`
	Count    int     `json:"count"`
	Failed   int     `json:"failed"` // tries; each was repeated
	Seconds  float64 `json:"seconds"`
	P50      float64 `json:"p50"` // milliseconds
	P99      float64 `json:"p99"`
	At       int64   `json:"at"` // since: when the first put ended that began then or later
	Leads    bool    `json:"leads"`
	Follows  bool    `json:"follows"`
	Revision int64   `json:"revision"`
}

// obey answers orders until there are no more.
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

// firstLine reads what a process is to be.
func firstLine(in *bufio.Reader, into any) error {
	line, err := in.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, into)
}

// Messages of the calls that are measured.
type (
	benchItem struct {
		Key   []byte `cbor:"1,keyasint"`
		Value []byte `cbor:"2,keyasint"`
	}
	benchItems struct {
		List []benchItem `cbor:"1,keyasint"`
	}
	benchDone struct {
		Revision int64 `cbor:"1,keyasint"`
	}
)

const (
	benchGet rpc.Procedure[benchItem, benchItem]  = "tacit.bench.Store/Get"
	benchPut rpc.Procedure[benchItems, benchDone] = "tacit.bench.Store/Put"
)

// loadPlan is what a load generator of ours is told.
type loadPlan struct {
	Identity  identity
	Addresses []string // where members serve clients
}

// mostConns is how many connections the clients of one generator share.
const mostConns = 8

// loader asks the members from this process.
type loader struct {
	cfg       atls.Config
	addresses []string
	first     atomic.Int64 // whom to ask first

	mu    sync.Mutex // guards what follows
	conns map[[2]int]*rpc.Client

	light sync.Mutex // guards what follows
	puts  [][2]int64 // of the light load, in order: began, ended
}

func storeLoad(ctx context.Context) error {
	in := bufio.NewReader(os.Stdin)
	var p loadPlan
	if err := firstLine(in, &p); err != nil {
		return err
	}
	cfg, err := p.Identity.config(tacit.RoleClient, tacit.RoleManager)
	if err != nil {
		return err
	}
	l := &loader{cfg: cfg, addresses: p.Addresses, conns: map[[2]int]*rpc.Client{}}
	stop := func() {}
	return obey(in, func(o order) (outcome, error) {
		switch o.Op {
		case "aim":
			l.first.Store(int64(max(o.Index, 0)))
			return outcome{}, nil
		case "puts", "gets":
			return l.run(ctx, o), nil
		case "fill":
			return outcome{}, l.fill(ctx, o)
		case "first":
			return outcome{}, l.until(ctx, 0, func(ctx context.Context, c *rpc.Client) error {
				_, err := rpc.Call(ctx, c, benchGet, benchItem{Key: keyOf(o.Index)})
				return err
			}, new(int))
		case "light":
			var lit context.Context
			lit, stop = context.WithCancel(ctx)
			go l.lightly(lit)
			return outcome{}, nil
		case "dark":
			stop()
			return outcome{}, nil
		case "since":
			return l.since(ctx, o.At)
		}
		return outcome{}, errors.New("no such order: " + o.Op)
	})
}

func keyOf(i int) []byte { return fmt.Appendf(nil, "bench/%07d", i) }

// conn is a connection to a member; it is made when it is first wanted, or is gone.
func (l *loader) conn(ctx context.Context, number, to int) (*rpc.Client, error) {
	at := [2]int{number, to}
	l.mu.Lock()
	c := l.conns[at]
	l.mu.Unlock()
	if c != nil {
		select {
		case <-c.Done():
		default:
			return c, nil
		}
	}
	raw, err := atls.Dial(ctx, l.addresses[to], l.cfg, atls.Want{Role: tacit.RoleManager}, false)
	if err != nil {
		return nil, err
	}
	if c, err = rpc.NewClient(raw, raw.Peer); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.conns[at]; now != nil && now != c {
		select {
		case <-now.Done():
		default:
			return now, c.Close() // another client was first
		}
	}
	l.conns[at] = c
	return c, nil
}

// until asks one member after the other until one has done what is asked.
func (l *loader) until(ctx context.Context, number int, ask func(context.Context, *rpc.Client) error, failed *int) error {
	for {
		to := l.first.Load()
		once, cancel := context.WithTimeout(ctx, 5*time.Second)
		c, err := l.conn(once, number, int(to))
		if err == nil {
			err = ask(once, c)
		}
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		*failed++
		l.first.CompareAndSwap(to, (to+1)%int64(len(l.addresses)))
		if err := wait(ctx, 2*time.Millisecond); err != nil {
			return err
		}
	}
}

// run keeps each client busy for a time.
func (l *loader) run(ctx context.Context, o order) outcome {
	var mu sync.Mutex
	var all []float64
	var out outcome
	var wg sync.WaitGroup
	began := time.Now()
	end := began.Add(time.Duration(o.Seconds * float64(time.Second)))
	for i := range o.Clients {
		wg.Go(func() {
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
				err := l.until(ctx, i%mostConns, func(ctx context.Context, c *rpc.Client) error {
					if o.Op == "gets" {
						it, err := rpc.Call(ctx, c, benchGet, benchItem{Key: key})
						if err == nil && len(it.Value) != o.Size {
							return fmt.Errorf("get: a value of %d bytes", len(it.Value))
						}
						return err
					}
					_, err := rpc.Call(ctx, c, benchPut, benchItems{[]benchItem{{key, value}}})
					return err
				}, &failed)
				if err != nil {
					break
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

// fill writes as many keys as asked for, in transactions of 128 or of 1 MiB.
func (l *loader) fill(ctx context.Context, o order) error {
	side := min(128, max(1, (1<<20)/o.Size))
	var next atomic.Int64
	errs := make(chan error, o.Clients)
	for i := range o.Clients {
		go func() {
			failed := 0
			for {
				from := int(next.Add(int64(side))) - side
				if from >= o.Keys {
					errs <- nil
					return
				}
				var q benchItems
				for k := from; k < min(from+side, o.Keys); k++ {
					value := make([]byte, o.Size)
					for at := 0; at+8 <= len(value); at += 8 {
						binary.LittleEndian.PutUint64(value[at:], rand.Uint64())
					}
					q.List = append(q.List, benchItem{keyOf(k), value})
				}
				err := l.until(ctx, i%mostConns, func(ctx context.Context, c *rpc.Client) error {
					_, err := rpc.Call(ctx, c, benchPut, q)
					return err
				}, &failed)
				if err != nil {
					errs <- err
					return
				}
			}
		}()
	}
	var all error
	for range o.Clients {
		all = errors.Join(all, <-errs)
	}
	return all
}

// lightly puts a value every ten milliseconds.
func (l *loader) lightly(ctx context.Context) {
	value := wire.Sum([]byte("light"))
	for i := 0; ctx.Err() == nil; i++ {
		var began int64
		failed := 0
		err := l.until(ctx, 0, func(ctx context.Context, c *rpc.Client) error {
			began = time.Now().UnixNano()
			_, err := rpc.Call(ctx, c, benchPut, benchItems{[]benchItem{{keyOf(i % 100), value[:]}}})
			return err
		}, &failed)
		if err == nil {
			l.light.Lock()
			l.puts = append(l.puts, [2]int64{began, time.Now().UnixNano()})
			l.light.Unlock()
		}
		_ = wait(ctx, 10*time.Millisecond)
	}
}

// since waits for the first put of the light load that began at a moment or later.
func (l *loader) since(ctx context.Context, at int64) (outcome, error) {
	for range 6000 {
		l.light.Lock()
		for i := len(l.puts) - 1; i >= 0 && l.puts[i][0] >= at; i-- {
			if i == 0 || l.puts[i-1][0] < at {
				end := l.puts[i][1]
				l.light.Unlock()
				return outcome{At: end}, nil
			}
		}
		l.light.Unlock()
		if err := wait(ctx, 10*time.Millisecond); err != nil {
			return outcome{}, err
		}
	}
	return outcome{}, errors.New("no put succeeds within a minute")
}
