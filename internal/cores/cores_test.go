package cores

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func numbers(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n && yield(i); i++ {
		}
	}
}

func TestInOrder(t *testing.T) {
	for _, n := range []int{1, 2, 8} {
		t.Run(fmt.Sprint("order on ", n), func(t *testing.T) {
			var got []int
			InOrder(t.Context(), n, Grace, numbers(100), func(_ context.Context, i int) bool {
				time.Sleep(time.Duration(i%7) * 100 * time.Microsecond)
				return true
			}, func(i int) { got = append(got, i) })
			require.Len(t, got, 100)
			for i, item := range got {
				require.Equal(t, i, item)
			}
		})
		t.Run(fmt.Sprint("bounded on ", n), func(t *testing.T) {
			var made, collected atomic.Int32
			InOrder(t.Context(), n, Grace, func(yield func(int) bool) {
				for i := range 200 {
					require.LessOrEqual(t, made.Add(1)-collected.Load(), int32(4*n+2))
					yield(i)
				}
			}, func(context.Context, int) bool { return true }, func(int) { collected.Add(1) })
			require.Equal(t, int32(200), collected.Load())
		})
		t.Run(fmt.Sprint("interrupted on ", n), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			var got []int
			InOrder(ctx, n, time.Nanosecond, numbers(1_000_000), func(ctx context.Context, i int) bool {
				if i < 20 {
					return true
				}
				cancel()
				<-ctx.Done()
				return false
			}, func(i int) { got = append(got, i) })
			for i, item := range got {
				require.Equal(t, i, item)
			}
			require.LessOrEqual(t, len(got), 21)
			if n == 1 {
				require.Len(t, got, 21, "the unfinished one is collected too")
			}
		})
		t.Run(fmt.Sprint("grace on ", n), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			made, collected := 0, 0
			InOrder(ctx, n, time.Minute, func(yield func(int) bool) {
				for ctx.Err() == nil {
					if made++; made == 50 {
						cancel()
					}
					yield(made)
				}
			}, func(context.Context, int) bool { return true }, func(int) { collected++ })
			require.Equal(t, []int{50, 50}, []int{made, collected})
		})
	}
}
