package awshttp

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// MaxBody is the largest body that is recorded or replayed, in bytes.
const MaxBody = 16 << 20

// ErrTooLarge says that a body has more than [MaxBody] bytes.
var ErrTooLarge = errors.New("the body is too large")

// ReadBody reads a body, the length of which is stated or -1. With [ErrTooLarge] it returns the
// beginning, of which nothing is lost.
func ReadBody(body io.Reader, length int64) ([]byte, error) {
	var b bytes.Buffer
	if 0 < length && length <= MaxBody {
		b.Grow(int(length) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(body, MaxBody+1))
	if err == nil && n > MaxBody {
		err = ErrTooLarge
	}
	return b.Bytes(), err
}

// Cause is what ended reading a body: the end of the context, if it has ended, else err.
func Cause(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	return err
}
