package apptest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// render writes what a function returned as one line of JSON. The error says that it cannot.
func render(got any, err error) (string, error) {
	if err != nil {
		return line(struct {
			Raises  string `json:"raises"`
			Message string `json:"message,omitempty"`
		}{errorName(err), err.Error()})
	}
	if v := reflect.Indirect(reflect.ValueOf(got)); v.Kind() == reflect.Struct && v.NumField() > 0 && !speaks(v.Type()) {
		return "", fmt.Errorf("JSON does not show the fields of %s, which are not exported: pass a struct or map of what matters to Outcome", v.Type())
	}
	text, problem := line(struct {
		Returns any `json:"returns"`
	}{got})
	if problem != nil {
		return "", fmt.Errorf("the outcome cannot be written as JSON: %w; pass a struct or map of what matters to Outcome", problem)
	}
	return text, nil
}

// speaks reports whether JSON shows anything of a struct.
func speaks(t reflect.Type) bool {
	for _, method := range []string{"MarshalJSON", "MarshalText"} {
		if _, ok := reflect.PointerTo(t).MethodByName(method); ok {
			return true
		}
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() || f.Anonymous {
			return true
		}
	}
	return false
}

func line(value any) (string, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return strings.TrimSuffix(text.String(), "\n"), err
}

// errorName is what an error is: the outermost error of a chain that has a code of AWS, or a type of
// its own. Types that only wrap, as those of fmt and of the SDK, say nothing.
func errorName(err error) string {
	name := "error"
	for err != nil {
		if c, ok := err.(interface{ ErrorCode() string }); ok && c.ErrorCode() != "" {
			return c.ErrorCode()
		}
		t := reflect.TypeOf(err)
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		switch path := t.PkgPath(); {
		case path == "fmt" || path == "errors":
		case strings.HasPrefix(path, "github.com/aws/"):
			name = t.String()
		default:
			return t.String()
		}
		if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 0 {
			err = joined.Unwrap()[0]
			continue
		}
		err = errors.Unwrap(err)
	}
	return name
}

var (
	loopbackPort = regexp.MustCompile(`(127\.0\.0\.1|\[::1\]|localhost):\d+`)
	requestID    = regexp.MustCompile(`(?i)(request ?id:? ?)[0-9a-f-]{36}`)
)

// steady replaces what differs from run to run.
func steady(line, endpoint string) string {
	line = strings.ReplaceAll(line, endpoint, "<endpoint>")
	line = loopbackPort.ReplaceAllString(line, "$1:<port>")
	return requestID.ReplaceAllString(line, "$1<request ID>")
}
