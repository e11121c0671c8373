package oblivious

// fork does two things, at once where there are threads for both. It is all that this
// package knows of concurrency; the test that follows its steps does one after the other.
func fork(threads int, f, g func(threads int)) {
	if threads < 2 {
		f(1)
		g(1)
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(threads - threads/2)
	}()
	g(threads / 2)
	<-done
}
