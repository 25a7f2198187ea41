package responses

import (
	"fmt"
	"testing"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema/contracts"
)

func TestX(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	l, err := Of(c, map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range l.All() {
		fmt.Println(r.ID, r.Kind, r.Pointer, string(r.Value), r.Sequence)
	}
	r, err := l.Find("status=FAILD")
	fmt.Println(r, err)
	r, err = l.Find("result.output=<unknown member>")
	x, err := l.Make(r, synth.Request{})
	fmt.Println(x.Status, x.Header, string(x.Body), err)
}
