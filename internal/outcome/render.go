package outcome

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
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
	text, problem := line(struct {
		Returns any `json:"returns"`
	}{got})
	if problem == nil && text == `{"returns":{}}` && hidden(reflect.Indirect(reflect.ValueOf(got))) {
		problem = fmt.Errorf("the fields of %T are not exported", got)
	}
	if problem != nil {
		return "", fmt.Errorf("the outcome cannot be written as JSON: %w; pass a struct or map of what matters to Outcome", problem)
	}
	return text, nil
}

// hidden reports whether JSON shows no field of a struct that has some.
func hidden(v reflect.Value) bool {
	if v.Kind() != reflect.Struct {
		return false
	}
	fields := reflect.VisibleFields(v.Type())
	return len(fields) > 0 && !slices.ContainsFunc(fields, reflect.StructField.IsExported)
}

func line(value any) (string, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return strings.TrimSuffix(text.String(), "\n"), err
}

// errorName is what an error is: the outermost error of a chain that has a code of AWS, or a type
// of its own. Types that only wrap, as those of fmt and of the SDK, say nothing.
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
	address      = regexp.MustCompile(`\b0x[0-9a-f]{10,16}\b`)
)

// steady replaces what differs from run to run.
func steady(line, endpoint string) string {
	line = strings.ReplaceAll(line, endpoint, "<endpoint>")
	line = loopbackPort.ReplaceAllString(line, "$1:<port>")
	line = requestID.ReplaceAllString(line, "$1<request ID>")
	return address.ReplaceAllString(line, "<address>")
}
