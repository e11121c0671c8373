package main

import (
	"github.com/spf13/cobra"

	"tacit"
	"tacit/engine/learn"
)

func (t *tool) learn() *cobra.Command {
	return group("learn", "Models at home: train or apply one here", t.learnRun())
}

func (t *tool) learnRun() *cobra.Command {
	c := t.bare("Train, evaluate or apply a model here on bare files, to try parameters; nothing is protected", tacit.LearnOperations(),
		func(threads int, hear func(stage string, done, total int64)) tacit.Engine {
			return learn.New(learn.Config{Threads: threads, Progress: hear})
		})
	c.Long = "Train, evaluate or apply a model here on bare files, with the parameters of docs/learn.md: what\n" +
		"an enclave gives of the same parameters and inputs in the same order is the same, byte for byte,\n" +
		"but for what has noise. A task's inputs are in the order of their aliases. Owners' terms are not\n" +
		"asked here: all is allowed."
	return c
}
