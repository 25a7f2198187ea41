package validate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// noOperation is why a call was not checked whose operation no contract has.
const noOperation = "without a contract for the operation"

// bodyNotRecorded is why a response was not checked whose body the recorder left out.
const bodyNotRecorded = "body not recorded"

// unnamedCall is why a response of a snapshot was not checked.
const unnamedCall = "whose name in the snapshot is not that of an operation"

// placeholder matches values that a snapshot of LocalStack has in place of those that differ from run
// to run.
var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`<[a-z][a-z0-9_-]*(:[0-9]+)?>|^(datetime|date|timestamp|time)$`)
})

// withoutPlaceholders returns the findings that are not about a placeholder of a snapshot, and how many
// are. A placeholder may be any value.
func withoutPlaceholders(x *traffic.Interaction, findings finding.Set) (finding.Set, int) {
	if x.Kind != traffic.LocalStack {
		return findings, 0
	}
	kept := slices.DeleteFunc(slices.Clone(findings), func(f finding.Finding) bool { return placeholder().MatchString(f.Found.Text) })
	return kept, len(findings) - len(kept)
}

// called returns the routes of an operation: those among the routes of its request, or else its
// contracts. The client knows what it called; a request to an emulator may not show it.
func (k *Catalog) called(operation string, routes []schema.Route) []schema.Route {
	routes = slices.DeleteFunc(slices.Clone(routes), func(r schema.Route) bool { return r.Contract.Name() != operation })
	if len(routes) == 0 {
		for _, c := range k.routes.Named(operation) {
			routes = append(routes, schema.Route{Contract: c})
		}
	}
	return routes
}

// of returns what a bare body is, if the recording says its operation.
func (b Bare) of(x *traffic.Interaction) Bare {
	if x.Request == nil && x.Operation != "" {
		b.Operation = x.Operation
	}
	return b
}

// checkCalled validates a response without its request, or what boto3 returned from a call. If the
// recording does not say which operation it was, bare does.
func (k *Catalog) checkCalled(x *traffic.Interaction, bare Bare) (Outcome, error) {
	named := len(k.routes.Named(x.Operation)) > 0
	switch {
	case x.Response.Body.Missing:
		return Outcome{NotChecked: bodyNotRecorded}, nil
	case x.Operation == "", !named && x.Kind == traffic.LocalStack && bare.Operation != "":
		bare.Status = cmp.Or(bare.Status, x.Response.Status)
		return k.checkBare(x, bare)
	case !named && x.Kind == traffic.LocalStack: // whose operation is a guess
		return Outcome{NotChecked: unnamedCall}, nil
	case !named:
		return Outcome{NotChecked: noOperation, Unrouted: k.routes.UnroutedOperation(x.Operation)}, nil
	}
	return k.checkBare(x, Bare{Operation: x.Operation, Status: x.Response.Status})
}

// returned reports whether the body of the response is what boto3 returned from a call.
func returned(x *traffic.Interaction) bool {
	return x.Encoding == traffic.EncodingSDK && (x.Operation != "" || x.Request == nil)
}

// sourceName returns the source that findings about an interaction name: the file of its test, if the
// traffic says which it is.
func sourceName(x *traffic.Interaction) string {
	if x.Test == "" {
		return x.Source
	}
	file, _, _ := strings.Cut(x.Test, "::")
	return file
}

// locate sets the source and the interaction of findings, or the test that made the call.
func locate(findings finding.Set, x *traffic.Interaction) finding.Set {
	for i := range findings {
		f := &findings[i]
		f.Source = sourceName(x)
		switch {
		case x.Test != "":
			f.Test, f.Line, f.Column = x.Test, x.TestLine, 0
		case x.Kind != traffic.JSON:
			f.Interaction = x.Index + 1
		}
	}
	return findings
}
