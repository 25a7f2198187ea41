package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const remedySmithy = "Correct the model, or build its JSON AST again (smithy ast)"

// The types below are the JSON AST as far as contracts need it (Smithy 2.0,
// spec/json-ast.html). What is not named here is passed over.

// astModel is the whole document.
type astModel struct {
	Smithy astVersion         `json:"smithy"`
	Shapes ordered[*astShape] `json:"shapes"`
}

// astShape is a shape of any type; each type uses some of the fields.
type astShape struct {
	Type    string           `json:"type"`
	Traits  astTraits        `json:"traits"`
	Mixins  []astMember      `json:"mixins"`
	Members astMembers       `json:"members"`
	Member  *astMember       `json:"member"`
	Key     *astMember       `json:"key"`
	Value   *astMember       `json:"value"`
	Input   *astMember       `json:"input"`
	Output  *astMember       `json:"output"`
	Errors  []astMember      `json:"errors"`
	Rename  ordered[astText] `json:"rename"`

	Version    string      `json:"version"`
	Operations []astMember `json:"operations"`
	Resources  []astMember `json:"resources"`

	Collection []astMember `json:"collectionOperations"`
	Create     *astMember  `json:"create"`
	Put        *astMember  `json:"put"`
	Read       *astMember  `json:"read"`
	Update     *astMember  `json:"update"`
	Delete     *astMember  `json:"delete"`
	List       *astMember  `json:"list"`
}

// astMember is a member, or a bare reference to a shape.
type astMember struct {
	Target string    `json:"target"`
	Traits astTraits `json:"traits"`
}

type (
	astMembers = ordered[*astMember]
	astText    string
)

// ordered is a JSON object whose order counts.
type ordered[T any] []named[T]

type named[T any] struct {
	name  string
	value T
}

// UnmarshalJSONFrom reads an object; null is an empty one.
func (o *ordered[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	switch d.PeekKind() {
	case 'n':
		return d.SkipValue()
	case '{':
	default:
		return errNoObject
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		entry := named[T]{name: name.String()}
		if d.PeekKind() == 'n' {
			return errNoObject // a shape, member or name cannot be null
		}
		if err := jsonv2.UnmarshalDecode(d, &entry.value); err != nil {
			return err
		}
		*o = append(*o, entry)
	}
	_, err := d.ReadToken()
	return err
}

var errNoObject = errors.New("an object goes here")

// astVersion is the version of the AST. Those of one major version differ in
// nothing that is read here.
type astVersion string

func (v *astVersion) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var text string
	if err := jsonv2.UnmarshalDecode(d, &text); err != nil {
		return err
	}
	if major, _, _ := strings.Cut(text, "."); major != "1" && major != "2" {
		return fmt.Errorf("the model is of version %q of Smithy: only 1.0 and 2.0 can be read", excerpt(text))
	}
	*v = astVersion(text)
	return nil
}

// astNumber is a number as it is written.
type astNumber json.Number

func (n *astNumber) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '0' {
		return errors.New("a number goes here")
	}
	digits, err := d.ReadValue()
	*n = astNumber(digits)
	return err
}

// parseAST reads the document.
func parseAST(document []byte) (*astModel, error) {
	var model astModel
	if err := jsonv2.Unmarshal(document, &model); err != nil {
		return nil, astError(document, err)
	}
	if model.Smithy == "" {
		return nil, &SyntaxError{1, 1, `the model does not say its version, as in "smithy": "2.0"`, remedySmithy}
	}
	return &model, nil
}

// astError gives an error of the decoder its place.
func astError(document []byte, err error) error {
	offset, pointer, problem := int64(0), jsontext.Pointer(""), err.Error()
	var syntax *jsontext.SyntacticError
	var semantic *jsonv2.SemanticError
	switch {
	case errors.As(err, &syntax):
		offset, pointer, problem = syntax.ByteOffset, syntax.JSONPointer, syntax.Err.Error()
	case errors.As(err, &semantic):
		offset, pointer, problem = semantic.ByteOffset, semantic.JSONPointer, "no JSON "+semantic.JSONKind.String()+" goes here"
		if semantic.Err != nil {
			problem = semantic.Err.Error()
		}
	}
	if pointer != "" {
		problem = "at " + ellipted(string(pointer)) + ": " + problem
	}
	line, column := lineAndColumn(document, int(offset))
	return &SyntaxError{line, column, problem, remedySmithy}
}

// ellipted shortens a pointer from its start, for its end says more.
func ellipted(pointer string) string {
	const most = 200
	if len(pointer) <= most {
		return pointer
	}
	return "…" + strings.ToValidUTF8(pointer[len(pointer)-most:], "")
}
