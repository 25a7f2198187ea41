// Package cores works on the items of a sequence on several cores.
//
// The model: one goroutine makes items, several work on them, and one collects them in the order in
// which they were made.
//
//	make ──▶ work … work ──▶ collect
//
// So what a command collects does not depend on the number of cores. The number of items between
// making and collecting is bounded, and with it the memory.
package cores

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// Grace is how long work continues after an interrupt. It finishes the items that were made.
const Grace = time.Second

// Number returns how many cores to use if a user asks for n: all of them for 0.
func Number(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// InOrder works on items on n cores, and collects them in order. make must return soon after ctx is
// cancelled, or when yield returns false. Items that were made are still worked on for grace: then
// the context of work is cancelled too. InOrder collects all finished items up to the first
// unfinished one. Work on that one returns false, and it is the last one that is collected.
func InOrder[T any](ctx context.Context, n int, grace time.Duration, make func(yield func(T) bool), work func(context.Context, T) bool, collect func(T)) {
	late, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			stop()
		case <-late.Done():
		}
	})()
	if n == 1 {
		make(func(item T) bool {
			finished := work(late, item)
			collect(item)
			return finished
		})
		return
	}
	inParallel(late, stop, n, make, work, collect)
}

type job[T any] struct {
	item     T
	done     chan struct{} // closed after the work
	finished bool
}

func inParallel[T any](ctx context.Context, stop func(), n int, produce func(yield func(T) bool), work func(context.Context, T) bool, collect func(T)) {
	var working sync.WaitGroup
	defer working.Wait()
	defer stop()
	todo, ordered := make(chan *job[T]), make(chan *job[T], 2*n)
	send := func(to chan<- *job[T], j *job[T]) bool {
		select {
		case to <- j:
			return true
		case <-ctx.Done():
			return false
		}
	}
	working.Go(func() {
		defer close(ordered)
		defer close(todo)
		produce(func(item T) bool {
			j := &job[T]{item: item, done: make(chan struct{})}
			return send(ordered, j) && send(todo, j)
		})
	})
	for range n {
		working.Go(func() {
			for j := range todo {
				j.finished = work(ctx, j.item)
				close(j.done)
			}
		})
	}
	for j := range ordered {
		select {
		case <-j.done:
		case <-ctx.Done():
			select {
			case <-j.done:
			default:
				return
			}
		}
		if collect(j.item); !j.finished {
			return
		}
	}
}
