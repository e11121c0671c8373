package wasm

import "math"

// startOfTime is what the monotonic clock shows at first, in nanoseconds: Go's
// runtime refuses zero.
const startOfTime = 1e9

func (r *run) nothing(params) errno      { return 0 }
func (r *run) notSupported(params) errno { return eNotsup }

// procExit ends the guest by its own wish.
func (r *run) procExit(p params) errno {
	code := int32(p.u32(0))
	panic(halt{exit: &code})
}

func (r *run) argsSizesGet(p params) errno    { return r.sizes(r.job.Args, p) }
func (r *run) argsGet(p params) errno         { return r.strings(r.job.Args, p) }
func (r *run) environSizesGet(p params) errno { return r.sizes(r.job.Env, p) }
func (r *run) environGet(p params) errno      { return r.strings(r.job.Env, p) }

func total(list []string) uint64 {
	n := uint64(0)
	for _, s := range list {
		n += uint64(len(s)) + 1
	}
	return n
}

func (r *run) sizes(list []string, p params) errno {
	count, size := r.view(p.u32(0), 4), r.view(p.u32(1), 4)
	disjoint(span{p.u32(0), 4}, span{p.u32(1), 4})
	little.PutUint32(count, uint32(len(list)))
	little.PutUint32(size, uint32(total(list)))
	return 0
}

// strings writes a list of strings, each ended by a zero byte, and where they
// are.
func (r *run) strings(list []string, p params) errno {
	at := p.u32(1)
	pointers, text := r.view(p.u32(0), uint64(len(list))*4), r.view(at, total(list))
	disjoint(span{p.u32(0), uint64(len(pointers))}, span{at, uint64(len(text))})
	r.charge(uint64(len(pointers) + len(text)))
	for i, s := range list {
		little.PutUint32(pointers[4*i:], at)
		n := copy(text, s)
		text[n] = 0
		text = text[n+1:]
		at += uint32(n) + 1
	}
	return 0
}

// clock is what a clock shows: the job's time for the real one (0), a fixed
// start for all others, plus the sleeps.
func (r *run) clock(id uint32) uint64 {
	base := uint64(startOfTime)
	if id == 0 {
		base = uint64(max(r.job.Clock.UnixNano(), 0))
	}
	if r.slept > math.MaxUint64-base {
		return math.MaxUint64
	}
	return base + r.slept
}

func (r *run) clockResGet(p params) errno {
	res := r.view(p.u32(1), 8)
	if p.u32(0) > 3 {
		return eInval
	}
	little.PutUint64(res, 1)
	return 0
}

func (r *run) clockTimeGet(p params) errno {
	res := r.view(p.u32(2), 8)
	if p.u32(0) > 3 {
		return eInval
	}
	little.PutUint64(res, r.clock(p.u32(0)))
	return 0
}

func (r *run) randomGet(p params) errno {
	res := r.view(p.u32(0), uint64(p.u32(1)))
	r.charge(uint64(len(res)))
	r.random.Read(res)
	return 0
}

// maxPolled bounds the subscriptions of one call.
const maxPolled = 4096

// A subscription of poll_oneoff, in what matters of it.
type subscription struct {
	user uint64
	tag  byte // 0 clock, 1 readable, 2 writable
	fd   uint32
	wait uint64 // nanoseconds until a clock's event
}

// pollOneoff never waits: files are always ready, and if only clocks are asked
// for, the clock jumps to the first of their times.
func (r *run) pollOneoff(p params) errno {
	count := p.u32(2)
	in, out := r.view(p.u32(0), uint64(count)*48), r.view(p.u32(1), uint64(count)*32)
	res := r.view(p.u32(3), 4)
	disjoint(span{p.u32(0), uint64(len(in))}, span{p.u32(1), uint64(len(out))}, span{p.u32(3), 4})
	if count == 0 || count > maxPolled {
		return eInval
	}
	r.charge(uint64(count) * entryFuel)
	ready, first := false, uint64(math.MaxUint64)
	subscribed := make([]subscription, 0, count)
	for ; len(in) > 0; in = in[48:] {
		s := subscription{user: little.Uint64(in), tag: in[8]}
		switch s.tag {
		case 0:
			id := little.Uint32(in[16:])
			s.wait = little.Uint64(in[24:])
			if id > 3 {
				return eInval
			}
			if absolute := little.Uint16(in[40:])&1 != 0; absolute {
				s.wait -= min(s.wait, r.clock(id))
			}
			first = min(first, s.wait)
		case 1, 2:
			s.fd = little.Uint32(in[16:])
			ready = true
		default:
			return eInval
		}
		subscribed = append(subscribed, s)
	}
	passed := uint64(0)
	if !ready {
		passed = first
		r.slept += min(passed, math.MaxUint64-r.slept)
	}
	events := 0
	for _, s := range subscribed {
		if s.tag == 0 && s.wait > passed {
			continue
		}
		event := out[32*events:][:32]
		events++
		clear(event)
		little.PutUint64(event, s.user)
		event[10] = s.tag
		if s.tag == 0 {
			continue
		}
		f := r.open(s.fd)
		switch {
		case f == nil:
			event[8] = byte(eBadf)
		case s.tag == 1 && f.node != nil && !f.node.dir():
			little.PutUint64(event[16:], uint64(max(f.node.length()-f.off, 0)))
		}
	}
	little.PutUint32(res, uint32(events))
	return 0
}
